"""Top k by a judge: somebody outside the graph reads the drafts and picks whom the others hear."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Sequence
from typing import Literal, NamedTuple

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Ask, Hearing, Message
from quorate.protocols.history import History
from quorate.protocols.picks import pick
from quorate.registry import Declaration, filter

Whom = Literal["all", "each"]
WHOM: tuple[str, ...] = ("all", "each")

Filtering = Generator[Sequence[Ask], Sequence[Message], Hearing]


class Page(NamedTuple):
    """The drafts that a judge reads at once, in the order of the page, and whom its picks are for."""

    drafts: tuple[Message, ...]
    hearers: tuple[str, ...]


@filter(
    Declaration(
        needs=("judge",),
        cost="one call a round, or one a hearer",
        source="SMoA, Li et al. 2024, arXiv:2411.03284: response selection",
    )
)
def judge_picks(
    history: History,
    hearing: Hearing,
    *,
    k: int = 2,
    whom: Whom = "all",
    office: str = "judge",
    quote_limit: int = 4000,
) -> Filtering:
    """Let a judge pick the k drafts that are worth hearing; nobody hears the others.

    The response selection of SMoA, on a graph: k is 2 there, and one call reads all answers. The drafts come
    in an order drawn by seed and without names. As published, k are drawn at random where the judge's picks
    cannot be read or are out of range, a random k stay of more, and fewer are allowed; each time a rule stood
    in is noted. With no more than k drafts to pick from nobody is asked.

    Parameters
    ----------
    history, hearing
        What was said; who hears whom so far.
    k : int
        Most drafts that a hearer is left with, besides its own.
    whom : {"all", "each"}
        One pick for everybody, or one for each hearer out of what it hears.
    office : str
        The office that judges.
    quote_limit : int
        Most characters quoted from one draft.

    Raises
    ------
    BadOption
        When nobody holds the office, and for a k below 1 or above the number of agents.

    Examples
    --------
    >>> from quorate.nouns import Question, Table
    >>> pair = Table(["ada", "bo"], offices={"judge": "solon"})
    >>> next(judge_picks(History(Question(text="2+3?"), pair), pair.hearing(1), k=3))
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: The filter 'judge_picks' is to keep 3, and there are only 2 agents; ...
    """
    judge = history.table.office(office)
    history.table.check_k("filter 'judge_picks'", k)
    if whom not in WHOM:
        raise BadOption(f"A judge cannot pick for '{whom}'. {did_you_mean(whom, WHOM)}")
    pages = [page for page in _pages(history, hearing, whom) if len(page.drafts) > k]
    if not pages:
        return hearing
    asks = history.noted([_ask(history, judge, page, k, quote_limit) for page in pages])
    said = yield asks
    history.add(asks, said)
    left, fallbacks = dict(hearing), Counter[str]()
    for page, message in zip(pages, said, strict=True):
        rng = history.table.rng(history.question.id, "judge_picks", history.turn, *page.hearers)
        picked = pick(message.text, len(page.drafts), k, rng)
        fallbacks[picked.fallback] += 1
        chosen = [page.drafts[place].seat for place in picked.places]
        for seat in page.hearers:
            left[seat] = tuple(name for name in hearing[seat] if name in chosen)
        _note(history, judge, page, [s for s in history.table.seats if s in chosen], picked.fallback, whom)
    for fallback in ("unreadable", "too many"):
        history.count(f"picks {fallback}", fallbacks[fallback], len(said))
    return left


def _pages(history: History, hearing: Hearing, whom: Whom) -> list[Page]:
    if whom == "each":
        return [_page(history, heard, (seat,)) for seat, heard in hearing.items() if heard]
    heard = {name for names in hearing.values() for name in names}
    order = [seat for seat in history.table.seats if seat in heard]
    return [_page(history, order, tuple(seat for seat, names in hearing.items() if names))]


def _page(history: History, heard: Sequence[str], hearers: tuple[str, ...]) -> Page:
    drafts = [history.standing[seat] for seat in heard if seat in history.standing]
    history.table.rng(history.question.id, "page", history.turn, *hearers).shuffle(drafts)
    return Page(tuple(drafts), hearers)


def _ask(history: History, judge: str, page: Page, k: int, quote_limit: int) -> Ask:
    quoted = (
        f"Draft {number}:\n{history.prompts.quote(draft.text, quote_limit)}"
        for number, draft in enumerate(page.drafts, 1)
    )
    return Ask(
        seat=judge,
        act="select",
        turn=history.turn + 1,
        question=history.question,
        instruction=history.prompts.render(
            "pick",
            history.question,
            drafts="\n\n".join(quoted),
            example="Picks: " + ", ".join(map(str, range(1, k + 1))),
        ),
        heard=page.drafts,
    )


def _note(history: History, judge: str, page: Page, chosen: Sequence[str], fallback: str, whom: Whom) -> None:
    """Note whom a judge chose, and by which rule where it could not be followed."""
    where = "" if whom == "all" else f" for {page.hearers[0]}"
    names = ", ".join(chosen)
    if fallback:
        why = "picks unreadable" if fallback == "unreadable" else "too many picks"
        history.note("fallback", f"{judge}{where}: {why}, drawn at random: {names}", chosen)
    else:
        history.note("selected", f"{judge} picks {names}{where}", chosen)
