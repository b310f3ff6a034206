"""Demo data, built once for all tests of a file, each of which is rolled back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import transaction

from accounts.models import Person
from demo.build import build
from scheduler.models import Group, Organisation
from tests.support.demo_time import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Build it inside a transaction that is rolled back after the last test of the file."""
    with django_db_blocker.unblock(), transaction.atomic():
        build(now=NOW, report=lambda _line: None)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo_data(built: None, db: None) -> None:
    """Provide the demo data; changes of the test are rolled back to a savepoint."""


@pytest.fixture
def nothing(built: None, db: None) -> None:
    """Provide an empty database to a test among tests that share the demo data."""
    for model in (Group, Organisation, Person):
        model.objects.all().delete()
