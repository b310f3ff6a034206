"""Sign-ins of browsers: one row each, found by the hash of the key in the cookie."""

from __future__ import annotations

import hashlib

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


def hash_session_key(session_key: str) -> str:
    """Return the SHA-256 of a session key in hex, under which its row is stored."""
    return hashlib.sha256(session_key.encode()).hexdigest()


class BrowserSession(AbstractBaseSession):
    """The state of one browser, signed in or not.

    ``session_key`` holds the hash of the key: who reads the table can sign in as nobody.
    ``person_id`` is null while nobody is signed in. It is a plain number, as in Django's recipe:
    a session is saved on requests that must not lock a person's row.
    """

    session_key = models.CharField(max_length=64, primary_key=True)
    person_id = models.BigIntegerField(null=True, db_index=True)
