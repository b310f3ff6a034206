"""``manage.py seed``: the demonstration's world, and a session that begins in five minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from civiltime.errors import CommonhourError
from demo.build import build, is_built
from demo.next_session import hold_one_soon
from demo.people import PASSWORD, SIGN_INS
from notifications.delivery.dispatcher import dispatch
from notifications.models import Transport
from notifications.planning.planner import plan

if TYPE_CHECKING:
    from scheduler.models import Occurrence


class Command(BaseCommand):
    """Makes the world once; each later call only sees to it that a session is near."""

    help = __doc__ or ""

    def handle(self, **_options: Any) -> None:
        """Make the tables, build what is missing, send what is due, and say how to look at it."""
        if settings.IS_PRODUCTION:
            raise CommandError("The demonstration's password is public: not in production.")
        call_command("migrate", interactive=False, verbosity=0)
        if is_built():
            self._say("the demonstration's world is here already")
        else:
            self._build()
        session = hold_one_soon(now=timezone.now())
        plan(timezone.now())
        for transport in (Transport.EMAIL, Transport.INBOX):
            dispatch(transport)
        self._invite(session)

    def _build(self) -> None:
        try:
            build(now=timezone.now(), say=self._say)
        except CommonhourError as error:
            raise CommandError(f"This database holds something else already. {error}") from None

    def _say(self, line: str) -> None:
        self.stdout.write(f"· {line}")
        self.stdout.flush()

    def _invite(self, session: Occurrence) -> None:
        start = timezone.localtime(session.starts_at, session.tz)
        self.stdout.write(
            f"\n{session.group.name} meets at {start:%H:%M} in {session.tz.key} "
            f"({session.starts_at:%H:%M} UTC)."
        )
        self.stdout.write("Sign in as")
        for someone, part in SIGN_INS.items():
            self.stdout.write(f"  {someone.username:6} {part}")
        self.stdout.write(f"with the password  {PASSWORD}")
