"""The addresses of a live session."""

from __future__ import annotations

from django.urls import path

from sessions import views

urlpatterns = [
    path("s/<slug:key>/", views.door, name="door"),
    path("s/<slug:key>/room/", views.room, name="room"),
    path("s/<slug:key>/ticket/", views.ticket, name="ticket"),
]
