"""Drawings: golden ones, and what holds for every graph, every box and the nastiest names."""

from __future__ import annotations

import unicodedata
from typing import Any

import networkx as nx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from quorate.topologies import (
    Drawing,
    chain,
    complete,
    draw,
    drawing,
    from_graph,
    grid,
    isolated,
    layered,
    ring,
    star,
    tree,
    two_cliques,
)
from quorate.topologies.labels import cells, clean, display_width, shorten

NAMES = [
    *("ada", "bo", "cy", "dan", "eve", "fay", "gus", "hal", "ivy", "jon", "kim", "leo", "mia", "ned", "ola"),
    *(
        "pam",
        "pia",
        "ray",
        "sue",
        "tom",
        "uma",
        "val",
        "wes",
        "xia",
        "yan",
        "zoe",
        "abe",
        "bea",
        "cal",
        "dee",
    ),
]


def shown(graph: nx.Graph[str], width: int = 40, height: int = 12) -> str:
    return "\n".join(draw(graph, width, height).lines)


def test_a_ring_of_five() -> None:
    assert shown(ring(NAMES[:5])) == (
        "                  ada\n"
        "             ⢀⡠⠤⠒⠉   ⠈⠑⠢⠤⣀\n"
        "         ⣀⠤⠔⠊⠁            ⠉⠒⠤⢄⡀\n"
        "    ⢀⡠⠤⠒⠉                     ⠈⠑⠢⠤⣀\n"
        "eve ⠁                              ⠉ bo\n"
        "  ⠱⡀                                ⡰⠁\n"
        "   ⠘⡄                              ⡔⠁\n"
        "    ⠘⢄                           ⢀⠜\n"
        "     ⠈⢆                         ⢀⠎\n"
        "       ⢣                       ⢠⠊\n"
        "       dan ⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤ cy"
    )


def test_a_chain_and_the_way_it_is_heard() -> None:
    assert shown(chain(NAMES[:5])) == "ada ───── bo ───── cy ──── dan ──── eve"
    assert shown(chain(NAMES[:5], directed=True)) == "ada ─────▸bo ─────▸cy ────▸dan ────▸eve"
    against = nx.DiGraph([("cy", "bo"), ("bo", "ada")])
    assert shown(from_graph(NAMES[:3], graph=against), 30) == " ada◂──────── bo◂──────── cy"


def test_a_long_chain_turns_back_at_the_margin() -> None:
    assert shown(chain(NAMES[:7]), 24) == (
        "ada ─── bo ─── cy ── dan\n                      │\n                      │\n       gus ── fay ── eve"
    )


def test_a_grid() -> None:
    assert shown(grid(NAMES[:6], rows=2), 32, 5) == (
        "  ada ──────── bo ──────── cy\n"
        "   │           │           │\n"
        "   │           │           │\n"
        "  dan ─────── eve ─────── fay"
    )


def test_a_tree() -> None:
    assert shown(tree(NAMES[:7])) == (
        "                   ada\n"
        "                    │\n"
        "        ┌───────────┴───────────┐\n"
        "        bo                      cy\n"
        "        │                       │\n"
        "  ┌─────┴─────┐           ┌─────┴─────┐\n"
        " dan         eve         fay         gus"
    )


def test_layers_run_from_left_to_right() -> None:
    picture = draw(layered(NAMES[:6], sizes=[2, 3, 1]))
    ada, bo, *middle, last = (picture.labels[seat].column for seat in NAMES[:6])
    assert max(ada, bo) < min(middle) <= max(middle) < last
    assert all(f"▸{seat}" in shown(layered(NAMES[:6], sizes=[2, 3, 1])) for seat in NAMES[2:6])


def test_a_tree_that_hears_one_way_runs_from_left_to_right() -> None:
    heard = nx.DiGraph([("ada", "bo"), ("ada", "cy"), ("bo", "dan"), ("bo", "eve")])
    picture = draw(from_graph(NAMES[:5], graph=heard))
    ada, bo, cy, dan, eve = (picture.labels[seat].column for seat in NAMES[:5])
    assert ada < bo == cy < dan == eve
    assert all(f"▸{seat}" in "\n".join(picture.lines) for seat in NAMES[1:5])


def test_the_hub_sits_in_the_middle() -> None:
    picture = draw(star(NAMES[:6]))
    row, column, _ = picture.labels["ada"]
    rows = [picture.labels[seat].row for seat in NAMES[1:6]]
    columns = [picture.labels[seat].column for seat in NAMES[1:6]]
    assert min(rows) < row < max(rows)
    assert min(columns) < column < max(columns)


def test_only_a_star_that_hears_one_way_has_arrowheads() -> None:
    assert not set("▸◂▴▾") & set(shown(star(NAMES[:6])))
    assert "▸ada◂" in shown(star(NAMES[:6], hears="hub"))
    away = shown(star(NAMES[:6], hears="leaves"))
    assert "▸cy" in away
    assert "fay◂" in away


def test_cliques_stand_side_by_side_with_the_bridge_between() -> None:
    picture = draw(two_cliques(NAMES[:6]))
    left = [picture.labels[seat].column for seat in NAMES[:3]]
    right = [picture.labels[seat].column for seat in NAMES[3:6]]
    assert max(left) < min(right)
    assert "cy ⠤⠤⠤ dan" in "\n".join(picture.lines)


def test_groups_that_hear_nothing_of_each_other_stand_side_by_side() -> None:
    picture = draw(two_cliques(NAMES[:7], bridges=0))
    left = [picture.labels[seat].column for seat in NAMES[:4]]
    assert max(left) + 4 < min(picture.labels[seat].column for seat in NAMES[4:7])


def test_seats_that_hear_nobody_have_no_lines() -> None:
    assert set(shown(isolated(NAMES[:5]))) <= set("adboycnev \n")


def test_one_seat_alone() -> None:
    assert shown(complete(["ada"])).strip() == "ada"


def test_an_empty_graph_and_an_empty_box_are_empty() -> None:
    assert draw(nx.DiGraph()) == Drawing((), {})
    assert draw(ring(NAMES[:3]), 0, 5) == draw(ring(NAMES[:3]), 5, 0) == Drawing((), {})


@pytest.mark.parametrize("maker", [ring, star, complete, isolated, layered, tree, grid, two_cliques, chain])
@pytest.mark.parametrize(("size", "width", "height"), [(3, 40, 12), (8, 40, 12), (12, 40, 12), (30, 80, 24)])
def test_full_names_where_they_must_fit(maker: Any, size: int, width: int, height: int) -> None:
    picture = draw(maker(NAMES[:size]), width, height)
    for seat in NAMES[:size]:
        row, column, length = picture.labels[seat]
        assert picture.lines[row][column : column + length] == seat


def test_more_than_can_be_named_becomes_the_dots_of_a_matrix() -> None:
    crowd = ring([f"s{place}" for place in range(100)])
    assert shown(crowd, 20, 9) == (
        "╭──────────╮\n"
        "│⠻⣦⡀      ⠈│\n"
        "│ ⠈⠻⣦⡀     │\n"
        "│   ⠈⠻⣦⡀   │\n"
        "│     ⠈⠻⣦⡀ │\n"
        "│⡀      ⠈⠻⣦│\n"
        "╰──────────╯\n"
        "100 seats"
    )
    assert draw(crowd, 60, 12).lines[-1] == "100 seats: a row hears its columns"
    assert not draw(crowd, 60, 12).labels


def test_a_row_of_the_dot_plot_hears_its_columns() -> None:
    seats = [f"s{place}" for place in range(80)]
    down = shown(from_graph(seats, graph=nx.empty_graph(80, create_using=nx.DiGraph)), 60, 30).count("⠁")
    graph = nx.empty_graph(80, create_using=nx.DiGraph)
    graph.add_edge(0, 79)
    last = draw(from_graph(seats, graph=graph), 60, 30).lines[-3]
    assert down == 0
    assert last[:2] == "│⡀"


nasty = st.one_of(
    st.text(max_size=12),
    st.text(
        st.characters(categories=("Cc", "Cf", "Cs", "Mn", "Me", "Mc", "Zs", "Zl", "Zp", "Cn", "Co")),
        max_size=6,
    ),
    st.text("字批評🙂👩‍🚀ａ\u0301\ufe0f☰", max_size=9),
    st.sampled_from(["[bold]x[/]", "\x1b[2J", "a\nb", "\t", "x" * 300, "\u202eabc", "\u1100\u1161", "각"]),
)


@given(
    names=st.lists(nasty, min_size=1, max_size=14, unique=True),
    share=st.floats(0, 1),
    directed=st.booleans(),
    seed=st.integers(0, 99),
    width=st.integers(1, 60),
    height=st.integers(1, 20),
)
@example(names=["", "\x00"], share=1, directed=True, seed=0, width=40, height=12)
@example(names=["字" * 30], share=1, directed=True, seed=0, width=1, height=1)
def test_every_drawing_fits_its_box_and_shows_nothing_that_moves_the_cursor(
    names: list[str], share: float, directed: bool, seed: int, width: int, height: int
) -> None:
    graph = from_graph(names, graph=nx.gnp_random_graph(len(names), share, seed=seed, directed=directed))
    check(draw(graph, width, height), names, width, height)


@given(
    maker=st.sampled_from([ring, star, complete, chain, tree, grid, layered, isolated, two_cliques]),
    size=st.integers(2, 40),
    width=st.integers(1, 90),
    height=st.integers(1, 26),
    length=st.integers(1, 20),
)
def test_every_shape_fits_every_box(maker: Any, size: int, width: int, height: int, length: int) -> None:
    names = [f"{place}".rjust(length, "-") for place in range(size)]
    check(draw(maker(names), width, height), names, width, height)


def check(picture: Drawing, names: list[str], width: int, height: int) -> None:
    assert 1 <= len(picture.lines) <= height
    for line in picture.lines:
        assert display_width(line) <= width
        assert cell_len(line) <= width
        assert line.isprintable()
    assert set(picture.labels) in (set(), set(names))
    taken: set[tuple[int, int]] = set()
    for row, column, length in picture.labels.values():
        spots = {(row, column + at) for at in range(length)}
        assert length > 0
        assert picture.lines[row][column : column + length].strip()
        assert not spots & taken
        taken |= spots
    told = [picture.lines[row][column : column + length] for row, column, length in picture.labels.values()]
    assert len(set(told)) == len(told)


@given(size=st.integers(2, 14), share=st.floats(0, 1), seed=st.integers(0, 999))
def test_who_hears_one_way_only_is_pointed_at(size: int, share: float, seed: int) -> None:
    graph = from_graph(NAMES[:size], graph=nx.gnp_random_graph(size, share, seed=seed, directed=True))
    picture = draw(graph, 60, 20)
    heads = {
        seat
        for seat, (row, column, length) in picture.labels.items()
        if beside(picture.lines, row, column, length)
    }
    hearers = {v for u, v in graph.edges if not graph.has_edge(v, u)}
    assert hearers <= heads


def beside(lines: tuple[str, ...], row: int, column: int, length: int) -> bool:
    def at(line: int, place: int) -> str:
        inside = 0 <= line < len(lines) and 0 <= place < len(lines[line])
        return lines[line][place] if inside else " "

    span = range(column - 1, column + length + 1)
    above, below = [at(row - 1, place) for place in span], [at(row + 1, place) for place in span]
    return at(row, column - 1) == "▸" or at(row, column + length) == "◂" or "▾" in above or "▴" in below


@pytest.mark.parametrize("size", range(14, 24))
def test_no_arrowhead_is_left_out_in_a_crowd(size: int) -> None:
    wheel = nx.DiGraph([(place, (place + 1) % size) for place in range(size)])
    picture = draw(from_graph(NAMES[:size], graph=wheel))
    assert all(beside(picture.lines, *place) for place in picture.labels.values())
    assert picture.labels or size > 16


def test_a_drawing_does_not_depend_on_the_order_of_the_edges() -> None:
    graph = nx.gnp_random_graph(8, 0.5, seed=2, directed=True)
    turned = nx.empty_graph(8, create_using=nx.DiGraph)
    turned.add_edges_from(reversed(list(graph.edges)))
    drawing._named.cache_clear()
    first = draw(from_graph(NAMES[:8], graph=graph))
    drawing._named.cache_clear()
    assert draw(from_graph(NAMES[:8], graph=turned)) == first


@given(name=st.text(max_size=20))
def test_a_clean_name_is_printable_and_stays_clean(name: str) -> None:
    cleaned = clean(name)
    assert cleaned.isprintable()
    assert clean(cleaned) == cleaned
    assert cell_len(cleaned) <= display_width(cleaned)


def test_no_character_is_wider_than_thought() -> None:
    for point in (*range(0x20, 0x3400), *range(0xA000, 0x1FFFF, 3)):
        mark = chr(point)
        if clean("a" + mark) == "a" + mark:
            assert cell_len(mark) <= cells(mark), f"U+{point:04X} {unicodedata.name(mark, '?')}"


@given(
    names=st.lists(st.text("ab字-", min_size=1, max_size=9), min_size=1, max_size=12), limit=st.integers(1, 9)
)
def test_shortened_names_fit_and_differ(names: list[str], limit: int) -> None:
    labels = shorten(names, limit)
    if labels is None:
        assert len(str(len(names))) > limit
    else:
        assert len(set(labels)) == len(names) == len(labels)
        assert max(map(display_width, labels)) <= limit


def test_how_names_are_shortened() -> None:
    assert shorten(["ada", "bo"], 3) == ["ada", "bo"]
    assert shorten(["archibald", "bo"], 5) == ["arch…", "bo"]
    assert shorten(["agent-one", "agent-two"], 7) == ["age…one", "age…two"]
    assert shorten(["agent-21", "agent-31"], 3) == ["…21", "…31"]
    assert shorten(["same", "same"], 4) == ["1", "2"]
    assert shorten(["", "x"], 4) == ["1", "2"]
    assert shorten(["数学家"], 5) == ["数学…"]
    assert shorten(["x"] * 10, 1) is None
