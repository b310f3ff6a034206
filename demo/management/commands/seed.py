"""``manage.py seed``: build the demo data, and a session that starts in five minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from civiltime.errors import CommonhourError
from demo.build import build, is_built
from demo.next_session import ensure_session_soon
from demo.outdated_database import remove_outdated_database
from demo.people import PASSWORD, SIGN_INS
from notifications.delivery.dispatcher import dispatch
from notifications.models import Transport
from notifications.planning.planner import plan

if TYPE_CHECKING:
    from scheduler.models import Occurrence


class Command(BaseCommand):
    """Builds the demo data once; each later call only makes sure that a session starts soon."""

    help = __doc__ or ""

    def handle(self, **_options: Any) -> None:
        """Migrate, build what is missing, send what is due, and print the sign-ins.

        Raises:
            CommandError: this is production, or the database holds other data.
        """
        if settings.IS_PRODUCTION:
            raise CommandError("The demonstration's password is public: not in production.")
        if remove_outdated_database():
            self._report("the demo database was made by an earlier version: building it anew")
        call_command("migrate", interactive=False, verbosity=0)
        if is_built():
            self._report("the demonstration's world is here already")
        else:
            self._build()
        session = ensure_session_soon(now=timezone.now())
        plan(timezone.now())
        for transport in (Transport.EMAIL, Transport.INBOX):
            dispatch(transport)
        self._show_sign_ins(session)

    def _build(self) -> None:
        try:
            build(now=timezone.now(), report=self._report)
        except CommonhourError as error:
            raise CommandError(f"This database holds something else already. {error}") from None

    def _report(self, line: str) -> None:
        self.stdout.write(f"· {line}")
        self.stdout.flush()

    def _show_sign_ins(self, session: Occurrence) -> None:
        start = timezone.localtime(session.starts_at, session.tz)
        self.stdout.write(
            f"\n{session.group.name} meets at {start:%H:%M} in {session.tz.key} "
            f"({session.starts_at:%H:%M} UTC)."
        )
        self.stdout.write("Sign in as")
        for demo_person, part in SIGN_INS.items():
            self.stdout.write(f"  {demo_person.username:6} {part}")
        self.stdout.write(f"with the password  {PASSWORD}")
