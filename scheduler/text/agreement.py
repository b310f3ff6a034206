"""The rules of the group agreement, and names that a newcomer may take."""

from __future__ import annotations

import secrets
from typing import Final

from django.utils.translation import gettext_lazy as _

RULES: Final = (
    _("I keep what I hear to myself, and who was here."),
    _("I speak of myself. I give no advice that nobody asked for."),
    _("I let others finish. Silence is welcome."),
    _("I offer, ask for and sell nothing: no drugs, no services, no contacts outside."),
    _("I record nothing and take no picture of the screen."),
    _("I respect every way into recovery, with medication or without, with faith or without."),
)

NAMES: Final = (
    _("Quiet Ferry"),
    _("Early Harbour"),
    _("Blue Mug"),
    _("Second Cup"),
    _("Warm Lantern"),
    _("Slow Bench"),
    _("Paper Boat"),
    _("Winter Window"),
    _("Long River"),
    _("Small Garden"),
    _("Open Kitchen"),
    _("Night Baker"),
    _("Green Door"),
    _("Soft Rain"),
    _("Ginger Tea"),
    _("High Meadow"),
    _("Old Bridge"),
    _("Morning Tram"),
    _("Bright Pebble"),
    _("Walking Shoe"),
    _("Late Swallow"),
    _("Wild Mint"),
    _("Round Table"),
    _("Still Pond"),
)


def suggested_names() -> list[str]:
    """Return all names that a newcomer may take, in the reader's language, in random order."""
    names = [str(name) for name in NAMES]
    secrets.SystemRandom().shuffle(names)
    return names
