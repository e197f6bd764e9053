"""Private tables: invented units and brands that mean something else in every domain."""

from __future__ import annotations

import pytest

from quorate.errors import UnknownName
from quorate.lab.world import DOMAINS, generate, private_table
from quorate.lab.world.private import BRANDS, DOMAIN_NAMES, UNITS


@pytest.mark.parametrize("world", [0, 1, 99])
def test_no_word_means_the_same_in_two_domains(world: int) -> None:
    tables = [private_table(domain, world) for domain in DOMAINS]
    for word in (*UNITS, *BRANDS):
        assert len({table[word] for table in tables}) == len(DOMAINS)


def test_the_words() -> None:
    assert tuple(DOMAINS) == DOMAIN_NAMES
    assert len(set(UNITS)) == len(set(BRANDS)) == 200
    assert all(word.islower() and word[0] not in "aeiou" for word in UNITS)
    assert all(word.istitle() and word[0] not in "AEIOU" for word in BRANDS)
    for domain in DOMAINS:
        table = private_table(domain)
        assert {table[word] for word in UNITS} == set(range(2, 10))
        assert all(11 <= table[word] <= 60 for word in BRANDS)


def test_worlds_differ_and_tables_cannot_be_changed() -> None:
    assert private_table("money") != private_table("money", 1)
    with pytest.raises(TypeError):
        private_table("money")["velt"] = 1  # type: ignore[index]


def test_items_use_the_table_of_their_world_and_domain() -> None:
    for world in (0, 3):
        for item in generate("train", 100, seed=1, advanced_share=0, private_share=1, world=world):
            assert item.facts
            for domain, word, number in item.facts:
                assert private_table(domain, world)[word] == number
                assert f"is {number} " in DOMAINS[domain].meaning(word, world) or str(number) in DOMAINS[
                    domain
                ].meaning(word, world)


def test_meanings_read_well() -> None:
    assert DOMAINS["rates"].meaning("Merrow") == "A Merrow engine does 21 km per hour."
    assert DOMAINS["ages"].meaning("velt") == "One velt is 8 years."


def test_unknown_names_are_refused() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'money'"):
        private_table("mony")
    with pytest.raises(UnknownName, match="Did you mean 'velt'"):
        DOMAINS["money"].meaning("vellt")
