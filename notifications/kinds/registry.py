"""All notification kinds, found in the modules beside this one, and what queries need of them.

A module defines a kind by listing it in ``KINDS``.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Final

from django.db.models import BooleanField, Case, CharField, Value, When

from notifications import kinds
from notifications.models import Notice

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime

    from notifications.kinds.definition import NotificationKind
    from notifications.models import Topic


def defined_kinds() -> Iterator[NotificationKind]:
    """Yield the definitions in all modules of the package, in alphabetical order of the modules."""
    for module in iter_modules(kinds.__path__, f"{kinds.__name__}."):
        if module.name != __name__:
            yield from getattr(import_module(module.name), "KINDS", ())


KINDS: Final[Mapping[Notice.Kind, NotificationKind]] = {each.kind: each for each in defined_kinds()}
SENT_ALONE: Final = frozenset(kind for kind, each in KINDS.items() if not each.is_digested)
SCHEDULED: Final = frozenset(kind for kind, each in KINDS.items() if each.is_scheduled)
ABOUT_CANCELLATION: Final = frozenset(
    kind for kind, each in KINDS.items() if each.is_about_cancellation
)


def kind_of(notice: Notice) -> NotificationKind:
    """Return the definition of a notice's kind."""
    return KINDS[Notice.Kind(notice.kind)]


def kinds_of_topics(topics: Collection[Topic]) -> list[Notice.Kind]:
    """Return the kinds that some topics comprise."""
    return [kind for kind, each in KINDS.items() if each.topic in topics]


def topic_case() -> Case:
    """Return an expression over the ledger: the topic of a notice."""
    branches = [When(kind=kind, then=Value(each.topic.value)) for kind, each in KINDS.items()]
    return Case(*branches, output_field=CharField())


def settled_case(now: datetime) -> Case:
    """Return a boolean expression over the ledger: whether a notice was overtaken."""
    branches = [
        When(kind=kind, then=each.is_settled(now))
        for kind, each in KINDS.items()
        if each.is_settled is not None
    ]
    return Case(*branches, default=Value(value=False), output_field=BooleanField())
