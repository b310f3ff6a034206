"""Roles and states that several models name, below all of them.

The models show them under their own names: ``Membership.Role`` is :class:`MembershipRole`.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class MembershipRole(models.TextChoices):
    """What a person may do in a group; facilitators and co-facilitators have equal rights."""

    MEMBER = "member", _("Member")
    FACILITATOR = "facilitator", _("Facilitator")
    CO_FACILITATOR = "co_facilitator", _("Co-facilitator")


FACILITATING_ROLES = (MembershipRole.FACILITATOR, MembershipRole.CO_FACILITATOR)


class MembershipState(models.TextChoices):
    """The state of a membership; its row is kept, so that joining again does not undo a removal.

    ``COVERING`` is a substitute from outside the group, until the covered session is over; ``GUEST``
    is somebody without an account, in one session.
    """

    APPLIED = "applied", _("Waiting for an answer")
    ACTIVE = "active", _("Member")
    DECLINED = "declined", _("Declined")
    LEFT = "left", _("Left")
    REMOVED = "removed", _("Removed")
    COVERING = "covering", _("Covers a session")
    GUEST = "guest", _("Guest of a session")


class SeatState(models.TextChoices):
    """Whether a member is coming to a session."""

    GOING = "going", _("Going")
    WAITLISTED = "waitlisted", _("On the waiting list")
    OFFERED = "offered", _("A place is offered")
    LAPSED = "lapsed", _("The offer has lapsed")
    DECLINED = "declined", _("Can’t make it")


class CoverAnswer(models.TextChoices):
    """The answer of a person who was invited to lead a session."""

    NONE = "none", _("No answer yet")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Can’t make it")


class SearchState(models.TextChoices):
    """The state of a search; ``DONE``, ``CANCELLED`` and ``FAILED`` are final."""

    QUEUED = "queued", _("Waiting for its turn")
    RUNNING = "running", _("Searching")
    DONE = "done", _("Found")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Failed")


OPEN_SEARCH_STATES = (SearchState.QUEUED, SearchState.RUNNING)
