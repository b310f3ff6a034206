"""A world built once for all the tests of a file, each of which leaves it as it was."""

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
    """Build it inside a transaction that is taken back when the file is done."""
    with django_db_blocker.unblock(), transaction.atomic():
        build(now=NOW, report=lambda _line: None)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo_data(built: None, db: None) -> None:
    """Give a test the world; what it changes is taken back to a savepoint."""


@pytest.fixture
def nothing(built: None, db: None) -> None:
    """Give a test an empty database, although its neighbours share a world."""
    for model in (Group, Organisation, Person):
        model.objects.all().delete()
