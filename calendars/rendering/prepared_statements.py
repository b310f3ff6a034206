"""Queries that are written once and asked often.

A thousand programs ask the same three questions all day. Django takes a millisecond to write each
of them as SQL, the database a tenth of one to answer.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

BLANKS: Final[Mapping[str, Any]] = {
    "person": -71,
    "group": -72,
    "organisation": -73,
    "language": "\ue000",
    "token_hash": "\ue001",
    "since": datetime(1900, 1, 1, tzinfo=UTC),
    "until": datetime(1900, 1, 2, tzinfo=UTC),
}
"""Values that no row has: a query is written with them, and asked with others in their places."""


class Statement(NamedTuple):
    """SQL, its parameters, and which of them stand for what."""

    sql: str
    parameters: tuple[Any, ...]
    names: Mapping[int, str]

    def filled(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the parameters with these values in the places of the blanks."""
        filled = list(self.parameters)
        for place, name in self.names.items():
            filled[place] = _adapted(values[name])
        return filled

    def rows(self, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Return what the database answers, just as its driver tells it."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.filled(values))
            return list(cursor.fetchall())


def prepare(query: QuerySet[Any, Any]) -> Statement:
    """Write a query in which blanks stand for what differs each time."""
    sql, parameters = query.query.sql_with_params()
    blanks = {_adapted(blank): name for name, blank in BLANKS.items()}
    places = enumerate(parameters)
    return Statement(sql, parameters, {at: blanks[it] for at, it in places if it in blanks})


def as_moment(raw: datetime | str) -> datetime:
    """Return an aware moment; SQLite's driver tells it as text, or as a datetime without zone."""
    moment = raw if isinstance(raw, datetime) else datetime.fromisoformat(raw)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _adapted(value: Any) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    return value
