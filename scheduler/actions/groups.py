"""Create a group and change its description."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from civiltime.errors import CommonhourError
from scheduler.actions.calendar_revisions import lock_group, next_revision
from scheduler.models import Group, GroupLanguage, Membership, Organisation
from scheduler.rules.agreement import AGREEMENT_VERSION
from scheduler.rules.names import alias_key

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from accounts.models import Person


class NotAffiliated(CommonhourError):
    """The person does not work for the organisation of the group to create."""

    code = "not_affiliated"

    def __init__(self) -> None:
        super().__init__(
            _("Only facilitators of a partner organisation start groups. Ask its coordinator.")
        )


class NotFacilitating(CommonhourError):
    """The person does not facilitate the group."""

    code = "not_facilitating"

    def __init__(self) -> None:
        super().__init__(_("Only a facilitator of this group may do this."))


class ScheduleExists(CommonhourError):
    """The anchor zone cannot change while a series is bound to it."""

    code = "schedule_exists"

    def __init__(self) -> None:
        super().__init__(
            _("The group has a time in this time zone. Stop that time first, then choose another.")
        )


@transaction.atomic
def create_group(
    *,
    by: Person,
    organisation: Organisation,
    name: str,
    about: str,
    languages: Iterable[str],
    tz: ZoneInfo,
    capacity: int,
    join_policy: str,
    is_listed: bool,
    alias: str,
    welcomes_guests: bool = False,
    now: datetime,
) -> Group:
    """Create a group, with ``by`` as facilitator under an alias.

    Raises:
        NotAffiliated: ``by`` does not work for this organisation.
        UnfitAlias: the alias cannot be used.
    """
    if not organisation.affiliations.filter(person=by).exists():
        raise NotAffiliated
    group = Group.objects.create(
        organisation=organisation,
        name=name,
        about=about,
        tz=tz,
        capacity=capacity,
        join_policy=join_policy,
        is_listed=is_listed,
        welcomes_guests=welcomes_guests,
        created_at=now,
    )
    set_languages(group, languages)
    Membership.objects.create(
        group=group,
        person=by,
        alias=alias,
        alias_key=alias_key(alias),
        role=Membership.Role.FACILITATOR,
        since=now,
        agreed_version=AGREEMENT_VERSION,
    )
    return group


@transaction.atomic
def describe_group(
    *,
    by: Person,
    group: Group,
    name: str,
    about: str,
    languages: Iterable[str],
    capacity: int,
    join_policy: str,
    is_listed: bool,
    welcomes_guests: bool = False,
    now: datetime,
) -> None:
    """Change a group's name, description and policies, not its anchor zone.

    Raises:
        NotFacilitating: ``by`` does not facilitate it.
    """
    require_facilitator(by, group)
    if lock_group(group.pk).name != name:
        rename_group(group, name, now)
    Group.objects.filter(pk=group.pk).update(
        about=about,
        capacity=capacity,
        join_policy=join_policy,
        is_listed=is_listed,
        welcomes_guests=welcomes_guests,
    )
    set_languages(group, languages)


def rename_group(group: Group, name: str, now: datetime) -> None:
    """Rename a group, also in calendars. The caller has checked permissions."""
    renamed_at = next_revision(group.pk, now)
    Group.objects.filter(pk=group.pk).update(name=name, renamed_at=renamed_at)


@transaction.atomic
def choose_anchor_zone(*, by: Person, group: Group, tz: ZoneInfo) -> None:
    """Set the anchor zone of a group without a current series.

    Raises:
        NotFacilitating: ``by`` does not facilitate it.
        ScheduleExists: it has a series.
    """
    require_facilitator(by, group)
    locked = Group.objects.select_for_update().get(pk=group.pk)
    if locked.series.filter(ended_at=None).exists():
        raise ScheduleExists
    locked.tz = tz
    locked.save(update_fields=["tz"])


def require_facilitator(person: Person, group: Group) -> Membership:
    """Return the membership by which a person facilitates a group.

    Raises:
        NotFacilitating: there is none.
    """
    membership = group.memberships.active().facilitating().filter(person=person).first()
    if membership is None:
        raise NotFacilitating
    return membership


def set_languages(group: Group, languages: Iterable[str]) -> None:
    """Replace the languages of a group."""
    wanted = set(languages)
    group.spoken.exclude(language__in=wanted).delete()
    GroupLanguage.objects.bulk_create(
        [GroupLanguage(group=group, language=language) for language in sorted(wanted)],
        ignore_conflicts=True,
    )
