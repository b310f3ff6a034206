"""The reminder before a session, at the times that each person chose."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from notifications.kinds.definition import NotificationKind, Texts, session_page
from notifications.models import Notice, Topic

KINDS: Final = (
    NotificationKind(
        kind=Notice.Kind.REMINDER,
        icon="bell",
        action=_("See the session"),
        topic=Topic.REMINDERS,
        source=None,
        texts=Texts(_("Coming up:"), _("Reminder: %(what)s")),
        page=session_page,
        is_scheduled=True,
        is_digested=False,
        is_for_attending=True,
        needs_consent_in_inbox=True,
        is_in_calendar_files=True,
    ),
)
