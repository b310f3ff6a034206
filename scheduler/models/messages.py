"""Messages of facilitators to all members of a group."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.person import Person
from scheduler.models.groups import Group

if TYPE_CHECKING:
    from datetime import datetime

MESSAGE_LENGTH: Final = 1000
MESSAGE_AGE_SHOWN: Final = timedelta(days=30)


class GroupMessageQuerySet(models.QuerySet["GroupMessage"]):
    """Messages to members."""

    def recent(self, now: datetime) -> Self:
        """Keep those of the last 30 days, the newest first."""
        return self.filter(at__gt=now - MESSAGE_AGE_SHOWN, at__lte=now).order_by("-at", "-pk")


class GroupMessage(models.Model):
    """A text for the members of a group. ``by`` is not shown to them."""

    group = models.ForeignKey(Group, models.CASCADE, related_name="messages")
    by = models.ForeignKey(Person, models.SET_NULL, null=True, related_name="+")
    text = models.TextField(_("message"), max_length=MESSAGE_LENGTH)
    at = models.DateTimeField(default=timezone.now, editable=False)

    objects = GroupMessageQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["group", "at"], name="message_by_group"),
            models.Index(fields=["at"], name="message_by_time"),
        ]
