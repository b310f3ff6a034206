from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from scheduler.actions.organisations import is_coordinating
from scheduler.models import Organisation
from tests import make

pytestmark = pytest.mark.django_db


def create(name: str = "Open  Window", *, country: str = "sk", coordinator: str = "Amina") -> str:
    out = StringIO()
    call_command("create_organisation", name, country=country, coordinator=coordinator, stdout=out)
    return out.getvalue()


def test_a_partner_is_taken_in_with_its_coordinator():
    amina = make.person("amina")

    assert create() == "amina coordinates Open Window.\n"

    organisation = Organisation.objects.get()
    assert (organisation.name, organisation.country) == ("Open Window", "SK")
    assert is_coordinating(amina, organisation)


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ({"name": " "}, "1 to 80 characters"),
        ({"name": "n" * 81}, "1 to 80 characters"),
        ({"country": "Slovakia"}, "no country code"),
        ({"coordinator": "chen"}, "signs up first"),
        ({"name": "Harbour House"}, "here already"),
    ],
)
def test_what_stands_in_the_way_is_said(word, sentence):
    make.person("amina")
    make.organisation("Harbour House")

    with pytest.raises(CommandError, match=sentence):
        create(**word)

    assert Organisation.objects.count() == 1
