"""Tags of the page: icons, QR codes, and the place in the navigation."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import segno
from django import template
from lucide.templatetags.lucide import lucide

from config.navigation import SETTINGS, section_of, settings_page_of

if TYPE_CHECKING:
    from django.template.context import RequestContext

    from config.navigation import SettingsPage

register = template.Library()


@register.simple_tag
@cache
def icon(name: str, kind: str = "") -> str:
    """Return a Lucide icon as inline SVG that screen readers skip; a word stands beside it.

    ``kind`` is a modifier of the class: ``turn`` mirrors the icon in right-to-left text.
    """
    css = f"icon icon--{kind}" if kind else "icon"
    return lucide(name, size=None, **{"class": css, "aria-hidden": "true"})


@register.filter
def qr_code(url: str) -> str:
    """Return the QR code of a URL as a ``data:`` URL, which needs no request."""
    code = segno.make(url, error="m", micro=False)
    return str(code.svg_data_uri(scale=4, border=4, dark="#000", light="#fff"))


@register.simple_tag(takes_context=True)
def current_section(context: RequestContext) -> str:
    """Return the entry of the main navigation that the requested page belongs to, or ``""``."""
    return section_of(context.request.path) or ""


@register.simple_tag
def settings_pages() -> tuple[SettingsPage, ...]:
    """Return the pages of the settings, in the order of their list."""
    return SETTINGS


@register.simple_tag(takes_context=True)
def current_settings_page(context: RequestContext) -> SettingsPage | None:
    """Return the settings page that the requested page belongs to."""
    return settings_page_of(context.request.path)
