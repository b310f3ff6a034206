"""``manage.py create_organisation``: create a partner organisation with its coordinator."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Person
from accounts.models.person import normalize_username
from scheduler.actions.organisations import create_organisation
from scheduler.models import Organisation
from scheduler.models.organisations import NAME_LENGTH

if TYPE_CHECKING:
    from django.core.management.base import CommandParser


class Command(BaseCommand):
    """Only the operator may do this; no page does. The coordinator does everything else."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a name, a country and the user name of an account that exists."""
        parser.add_argument("name")
        parser.add_argument("--country", default="", metavar="SK", help="ISO 3166-1, two letters")
        parser.add_argument("--coordinator", required=True, metavar="HANDLE")

    def handle(self, *, name: str, country: str, coordinator: str, **_options: Any) -> None:
        """Create it.

        Raises:
            CommandError: a value is not valid, or the name is taken.
        """
        name = " ".join(name.split())
        if not 1 <= len(name) <= NAME_LENGTH:
            raise CommandError(f"A name has 1 to {NAME_LENGTH} characters.")
        if not re.fullmatch(r"([A-Z]{2})?", country.upper(), re.ASCII):
            raise CommandError(f"“{country}” is no country code such as SK.")
        if Organisation.objects.filter(name=name).exists():
            raise CommandError(f"“{name}” is here already.")
        person = Person.objects.filter(
            username=normalize_username(coordinator), deactivated_at=None
        ).first()
        if person is None:
            raise CommandError(
                f"Nobody has the user name “{coordinator}”. The coordinator signs up first."
            )
        create_organisation(
            name=name, country=country.upper(), coordinator=person, now=timezone.now()
        )
        self.stdout.write(f"{person.username} coordinates {name}.")
