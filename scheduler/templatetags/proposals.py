"""Tags for proposals of searches: reasons, and counts that disclose nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import languages
from civiltime import zones
from scheduler.actions.searches.group_formation import MIN_GROUP_SIZE, first_session
from scheduler.models import CoverInvitation

if TYPE_CHECKING:
    from datetime import datetime

    from scheduler.models import GroupProposal, RosterProposal, Search

register = template.Library()

NTH_OF_WEEK: Final = {
    1: gettext_lazy("First session of that week."),
    2: gettext_lazy("Second session of that week."),
    3: gettext_lazy("Third session of that week."),
}
NOT_LED: Final = {
    "no_language": gettext_lazy("Nobody who is trained to cover speaks a language of this group."),
    "no_hour": gettext_lazy("Nobody who speaks its language can be asked at that time."),
    "all_taken": gettext_lazy(
        "Everyone who could lead it is busy then, or leads enough that week."
    ),
}
WAITING: Final = {
    "no_hour": gettext_lazy("No time suits them all year."),
    "too_few_alike": gettext_lazy("Too few share their language and a time."),
    "no_room": gettext_lazy("The groups that would suit them are full."),
}
ANSWERS: Final = {
    CoverInvitation.Answer.NONE: gettext_lazy("Asked. No answer yet."),
    CoverInvitation.Answer.ACCEPTED: gettext_lazy("Asked, and leads this session."),
    CoverInvitation.Answer.DECLINED: gettext_lazy("Asked, and can’t make it."),
}
FAILURES: Final = {
    "interrupted": gettext_lazy(
        "The search was interrupted several times. Please tell whoever runs this site."
    ),
    "too_many_people": gettext_lazy("There are more people than one search holds."),
}


@register.filter
def why_led(proposal: RosterProposal) -> str:
    """Return why a person is proposed, such as their language and the number of the session."""
    parts = [
        _("Speaks {language}.").format(language=languages.native_name(proposal.language)),
        str(NTH_OF_WEEK.get(proposal.nth_of_week, _("One of several sessions that week."))),
    ]
    if proposal.led_previous:
        parts.append(_("Leads this group again."))
    return " ".join(parts)


@register.filter
def why_not_led(proposal: RosterProposal) -> str:
    """Return why nobody is proposed."""
    return str(NOT_LED.get(proposal.reason, ""))


@register.filter
def why_waiting(reason: str) -> str:
    """Return why people have no group yet."""
    return str(WAITING.get(reason, ""))


@register.filter
def cover_answer(answer: str) -> str:
    """Return the answer of the invited person as a sentence."""
    return str(ANSWERS.get(CoverInvitation.Answer(answer), "")) if answer else ""


@register.filter
def why_failed(search: Search) -> str:
    """Return why a search has no result."""
    return str(FAILURES.get(search.note, _("This cannot be searched as it is.")))


@register.filter
def people_or_few(number: int) -> str:
    """Return a number of people; below five only that they are fewer."""
    if number == 0:
        return _("nobody")
    if number < MIN_GROUP_SIZE:
        return _("fewer than five people")
    return ngettext("{number} person", "{number} people", number).format(number=number)


@register.filter
def people_at_least(number: int) -> str:
    """Return a number of people rounded down to a multiple of five, so that sums disclose nobody."""
    if number < MIN_GROUP_SIZE:
        return people_or_few(number)
    return _("{number} people or more").format(number=number - number % MIN_GROUP_SIZE)


@register.filter
def first_of(proposal: GroupProposal) -> datetime:
    """Return the first session of a proposed group if it were created now, aware."""
    return zones.resolve_local(first_session(proposal, now=timezone.now()), proposal.tz)


@register.filter
def in_its_own_name(code: str) -> str:
    """Return a language's own name."""
    return languages.native_name(code)
