"""Tags for people as others see them."""

from __future__ import annotations

from django import template
from django.utils.html import format_html

from scheduler.text import avatars

register = template.Library()


@register.simple_tag
def avatar(alias: str, size: str = "") -> str:
    """Return the disc of an alias; ``size`` is ``small``, ``large`` or empty. Decoration only."""
    return format_html(
        '<span class="avatar{}" data-hue="{}" aria-hidden="true">{}</span>',
        f" avatar--{size}" if size else "",
        avatars.hue(alias),
        avatars.first_letter(alias),
    )
