"""Signals for other packages to revoke or erase data when an account changes; not for notices.

Receivers run inside the sender's transaction, in the order of ``INSTALLED_APPS``; an error in one
rolls the change back. Notices are derived from tables by a tick.
"""

from __future__ import annotations

from django.dispatch import Signal

# Arguments of both: ``person`` (Person, locked), ``now`` (aware datetime).
account_closed = Signal()
credentials_changed = Signal()
