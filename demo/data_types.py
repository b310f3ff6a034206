"""Types of the demo data before it is in the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scheduler.models import Group

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import time

Policy = Group.JoinPolicy


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An invented person: user name, name of the zone, language."""

    username: str
    tz: str
    language: str = "en"
    email: str = ""


@dataclass(frozen=True, slots=True)
class DemoGroup:
    """A group and its series. ``aliases`` maps user names to aliases; the first one facilitates."""

    name: str
    about: str
    languages: tuple[str, ...]
    tz: str
    rule: str
    clock: time
    aliases: Mapping[str, str]
    minutes: int = 60
    capacity: int = 12
    join_policy: str = Policy.OPEN
    is_listed: bool = True
    co_facilitators: tuple[str, ...] = ()
    applicants: Mapping[str, str] = field(default_factory=dict)

    @property
    def facilitator(self) -> str:
        """Return the user name of the person who starts the group."""
        return next(iter(self.aliases))


@dataclass(frozen=True, slots=True)
class DemoOrganisation:
    """A partner organisation, its coordinator's user name and its groups."""

    name: str
    country: str
    coordinator: str
    groups: tuple[DemoGroup, ...]
