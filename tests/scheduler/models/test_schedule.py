"""What a session says about people."""

from __future__ import annotations

import pytest

from scheduler.models import Membership, Occurrence
from tests import make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("state", Membership.State.values)
@pytest.mark.parametrize("covers", [False, True])
@pytest.mark.parametrize("is_ours", [False, True])
def test_the_row_and_the_table_agree_on_who_is_welcome(
    state: str, covers: bool, is_ours: bool
) -> None:
    group = make.group()
    occurrence = make.occurrence(group)
    membership = make.membership(make.person("bo"), group if is_ours else make.group(), state=state)
    if covers:
        Occurrence.objects.filter(pk=occurrence.pk).update(substitute=membership)
        occurrence.refresh_from_db()
    by_table = occurrence.admitted().filter(pk=membership.pk).exists()
    assert occurrence.admits(membership) is by_table
    assert by_table is (covers or (is_ours and state == Membership.State.ACTIVE))
