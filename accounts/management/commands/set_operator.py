"""``manage.py set_operator``: make an account an operator of this installation, or no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actions.people import set_operator
from accounts.models import Person
from accounts.models.person import normalize_username

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Only a command may do this; no page does."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the user name of an account that exists."""
        parser.add_argument("username", metavar="HANDLE")
        parser.add_argument("--end", action="store_true", help="no longer")

    def handle(self, *, username: str, end: bool, **_options: Any) -> None:
        """Set the flag.

        Raises:
            CommandError: there is no such account.
        """
        person = Person.objects.filter(
            username=normalize_username(username), deactivated_at=None
        ).first()
        if person is None:
            raise CommandError(f"Nobody has the user name “{username}”. Sign up first.")
        set_operator(person=person, is_operator=not end)
        self.stdout.write(f"{person.username} is {'no longer ' if end else ''}an operator here.")
