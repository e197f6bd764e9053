"""The five domains, and all their skills by name; a problem that chains several domains is *mixed*."""

from __future__ import annotations

from collections.abc import Sequence

from quorate.errors import UnknownName, did_you_mean
from quorate.lab.world.ages import ages
from quorate.lab.world.measure import measure
from quorate.lab.world.money import money
from quorate.lab.world.rates import rates
from quorate.lab.world.sets import sets
from quorate.lab.world.skills import Domain, Skill

DOMAINS: dict[str, Domain] = {domain.name: domain for domain in (rates, money, measure, sets, ages)}
SKILLS: dict[str, Skill] = {
    skill.name: skill for domain in DOMAINS.values() for skill in domain.skills.values()
}


def find_domains(names: Sequence[str] | None) -> tuple[Domain, ...]:
    """Return the domains of these names (or of this one name), or all of them for None.

    Raises
    ------
    UnknownName
        When there is no domain of a name.

    Examples
    --------
    >>> [domain.name for domain in find_domains(["ages", "rates"])]
    ['ages', 'rates']
    """
    if names is None:
        return tuple(DOMAINS.values())
    names = [names] if isinstance(names, str) else names
    for name in names:
        if name not in DOMAINS:
            raise UnknownName(f"There is no domain called '{name}'. {did_you_mean(name, DOMAINS)}")
    return tuple(DOMAINS[name] for name in dict.fromkeys(names))
