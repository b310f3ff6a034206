from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.utils import timezone

from accounts.actions.people import close_account, sign_out_everywhere
from accounts.browser_sessions import SessionStore
from accounts.models import BrowserSession, Person
from accounts.tasks import delete_expired_sessions
from tests import make

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


def cookie(browser: Client) -> str:
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def is_signed_in(browser: Client) -> bool:
    return browser.get("/account/").status_code == 200


def with_cookie(key: str) -> Client:
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = key
    return browser


def test_a_row_names_its_person_and_not_the_key_in_the_cookie() -> None:
    bo = make.person("bo")
    browser = signed_in(bo)
    row = BrowserSession.objects.get()
    assert row.person_id == bo.pk
    assert cookie(browser) not in {row.session_key, row.session_data}
    assert is_signed_in(with_cookie(cookie(browser)))


def test_what_the_table_holds_signs_nobody_in() -> None:
    signed_in(make.person("bo"))
    assert not is_signed_in(with_cookie(BrowserSession.objects.get().session_key))


def test_signing_out_everywhere_ends_this_persons_sessions_and_no_others() -> None:
    bo, chen = make.person("bo"), make.person("chen")
    phone, laptop, other = signed_in(bo), signed_in(bo), signed_in(chen)
    sign_out_everywhere(person=bo, now=timezone.now())
    assert [is_signed_in(browser) for browser in (phone, laptop, other)] == [False, False, True]
    assert BrowserSession.objects.get().person_id == chen.pk


def test_a_closed_account_leaves_no_session() -> None:
    bo = make.person("bo")
    signed_in(bo)
    close_account(person=bo, now=timezone.now())
    assert not BrowserSession.objects.exists()


def test_signing_in_renews_the_key_and_signing_out_deletes_the_row() -> None:
    make.person("bo")
    browser = Client()
    store = SessionStore()
    store["before"] = "kept"
    store.create()
    browser.cookies[settings.SESSION_COOKIE_NAME] = str(store.session_key)
    browser.post("/sign-in/", {"username": "bo", "password": make.PASSWORD})
    assert cookie(browser) != store.session_key
    assert not SessionStore(store.session_key).load()
    assert BrowserSession.objects.count() == 1
    browser.post("/sign-out/")
    assert not BrowserSession.objects.filter(person_id__isnull=False).exists()


def test_the_tick_deletes_expired_sessions_and_keeps_the_others() -> None:
    old, new = make.person("bo"), make.person("chen")
    with time_machine.travel(timezone.now() - timedelta(days=15), tick=False):
        signed_in(old)
    signed_in(new)
    delete_expired_sessions()
    assert BrowserSession.objects.get().person_id == new.pk


def test_the_hourly_tick_is_scheduled() -> None:
    ticks = {entry["task"]: entry for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert ticks["accounts.delete_expired_sessions"]["schedule"] == timedelta(hours=1)


@pytest.mark.django_db(transaction=True)
async def test_the_asynchronous_store_reads_and_deletes_the_same_rows() -> None:
    store = SessionStore()
    store[SESSION_KEY] = "7"
    await store.asave()
    again = SessionStore(store.session_key)
    assert await again.aexists(str(store.session_key))
    assert await again.aget(SESSION_KEY) == "7"
    await again.adelete()
    assert not await again.aexists(str(store.session_key))
    assert await SessionStore(store.session_key).aload() == {}
