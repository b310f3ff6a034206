"""``manage.py import_meetings``: groups of one organisation from a list of online meetings."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from directory.actions.imports import ImportedSchedule, Outcome, import_group
from directory.formats import central_query
from directory.formats.json_list import MAX_BYTES, UnreadableList
from directory.formats.proposal import NotSchedulable, Proposal
from scheduler.models import Organisation

if TYPE_CHECKING:
    from datetime import datetime

    from django.core.management.base import CommandParser


FORMATS: Final = {"central-query": central_query.read_meetings}


class Command(BaseCommand):
    """Import a list of meetings as unlisted groups; to run it again changes nothing."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the file, its format and the organisation that the groups belong to."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--organisation", required=True, metavar="NAME")
        parser.add_argument(
            "--format", dest="list_format", choices=FORMATS, default="central-query"
        )

    def handle(self, *, file: Path, organisation: str, list_format: str, **_options: Any) -> None:
        """Import each row and print counts, refusals and remarks.

        Raises:
            CommandError: the file is no list, or the organisation is unknown.
        """
        now = timezone.now()
        receiving = _organisation(organisation)
        try:
            answers = FORMATS[list_format](_contents(file), now=now)
        except UnreadableList as error:
            raise CommandError(f"{file}: {error}") from None
        refusals = [answer for answer in answers if isinstance(answer, NotSchedulable)]
        proposals = [answer for answer in answers if isinstance(answer, Proposal)]
        outcomes = Counter(_import(proposal, receiving, now) for proposal in proposals)
        self.stdout.write(f"{len(answers)} rows for {receiving.name}")
        for outcome in Outcome:
            self.stdout.write(f"{outcomes[outcome]:6} {outcome}")
        self.stdout.write(f"{len(refusals):6} not schedulable")
        for refusal in refusals:
            self.stdout.write(f"       {refusal}")
        self._remark(proposals)

    def _remark(self, proposals: list[Proposal]) -> None:
        remarked = [proposal for proposal in proposals if proposal.remarks]
        self.stdout.write(f"{len(remarked):6} with a remark")
        for proposal in remarked:
            self.stdout.write(f"       {proposal.name}: {' '.join(proposal.remarks)}")


def _import(proposal: Proposal, organisation: Organisation, now: datetime) -> Outcome:
    return import_group(
        organisation=organisation,
        source=proposal.source,
        name=proposal.name,
        languages=proposal.languages,
        schedule=ImportedSchedule(
            proposal.tz, proposal.first_local, proposal.rule, proposal.duration_minutes
        ),
        now=now,
    )


def _contents(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None


def _organisation(name: str) -> Organisation:
    organisation = Organisation.objects.filter(name=name).first()
    if organisation is None:
        names = ", ".join(Organisation.objects.order_by("name").values_list("name", flat=True))
        raise CommandError(
            f"No organisation is called “{name}”. There are: {names or 'none yet'}. "
            "Create one with manage.py create_organisation."
        )
    return organisation
