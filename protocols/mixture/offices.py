"""Who aggregates, judges and moderates a mixture: offices outside the graph, or one of the proposers."""

from __future__ import annotations

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Table


def aggregator_of(table: Table, name: str | None = None) -> str:
    """Return who aggregates: whoever is named, the office `aggregator`, or the office `judge`.

    Raises
    ------
    BadOption
        When nobody is named and nobody holds either office, or nobody at the table has that name.

    Examples
    --------
    >>> aggregator_of(Table(["ada", "bo"], offices={"judge": "solon"}))
    'solon'
    >>> aggregator_of(Table(["ada", "bo"], offices={"judge": "solon"}), "bo")
    'bo'
    >>> aggregator_of(Table(["ada", "bo"]))
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: A mixture needs somebody who aggregates, and nobody holds that office. ...
    """
    if name is not None:
        known = (*table.seats, *table.offices.values())
        if name not in known:
            raise BadOption(f"There is no '{name}' at the table to aggregate. {did_you_mean(name, known)}")
        return name
    for office in ("aggregator", "judge"):
        if office in table.offices:
            return table.offices[office]
    raise BadOption(
        "A mixture needs somebody who aggregates, and nobody holds that office. Seat one with "
        f"offices={{'aggregator': agent}}, or let a proposer do it with aggregator='{table.seats[0]}'."
    )


def officer(table: Table, office: str, otherwise: str) -> str:
    """Return who holds an office, or who does its work where nobody holds it.

    Examples
    --------
    >>> officer(Table(["ada"], offices={"judge": "solon"}), "judge", "pia")
    'solon'
    >>> officer(Table(["ada"]), "judge", "pia")
    'pia'
    """
    return table.offices.get(office, otherwise)
