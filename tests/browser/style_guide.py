"""Every component once on one page, for eyes and for axe: the addresses of a test, not a page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.template import engines
from django.urls import path

from config import urls

if TYPE_CHECKING:
    from django.http import HttpRequest

PAGE = Path(__file__).with_suffix(".html")
NIGHT = datetime(2026, 11, 26, 2, 12, tzinfo=UTC)


class GroupForm(forms.Form):
    name = forms.CharField(max_length=80, help_text="Everyone on the list sees it.")
    about = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    zone = forms.ChoiceField(choices=[("Europe/Bratislava", "Bratislava")])
    joining = forms.ChoiceField(
        widget=forms.RadioSelect,
        choices=[
            ("open", "Open: anyone may join"),
            ("approval", "By approval: a facilitator answers each request"),
        ],
    )
    listed = forms.BooleanField(
        label="Show it in the public list", required=False, help_text="You may change this later."
    )


def sessions() -> list[dict[str, object]]:
    return [
        {
            "name": "Night shift",
            "tz": ZoneInfo("America/Vancouver"),
            "starts_at": NIGHT - timedelta(minutes=12),
            "on": True,
            "languages": ["English"],
            "words": ["Medication welcome"],
            "seats": 12,
            "taken": 7,
        },
        {
            "name": "बिहानको घेरा",
            "tz": ZoneInfo("Asia/Kathmandu"),
            "starts_at": datetime.now(UTC) + timedelta(hours=2, minutes=10),
            "languages": ["नेपाली", "English"],
            "seats": 8,
            "taken": 8,
            "kept": True,
        },
        {
            "name": "أصدقاء الفجر",
            "tz": ZoneInfo("Africa/Cairo"),
            "starts_at": NIGHT + timedelta(hours=7),
            "cancelled": True,
            "languages": ["العربية"],
            "words": ["Family", "Faith-based"],
            "seats": 10,
            "taken": 3,
        },
        {
            "name": "Evenings by the harbour, with a rather long name that wants to wrap",
            "tz": ZoneInfo("Europe/Bratislava"),
            "starts_at": NIGHT + timedelta(hours=16),
            "moved": True,
            "languages": ["English", "slovenčina"],
        },
    ]


def style_guide(request: HttpRequest) -> HttpResponse:
    form = (
        GroupForm({"name": "", "joining": "approval"}) if "errors" in request.GET else GroupForm()
    )
    messages.success(request, "You are a member now.")
    context = {
        "now": NIGHT,
        "sessions": sessions(),
        "page": Paginator(range(30), 10).page(2),
        "form": form,
        "skies": ["night", "dawn", "day", "dusk"],
        "names": ["Amina", "هلال", "Quiet Ferry"],
    }
    return HttpResponse(engines["django"].from_string(PAGE.read_text()).render(context, request))


urlpatterns = [path("style-guide/", style_guide), *urls.urlpatterns]
