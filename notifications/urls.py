"""Every address of the notifications."""

from __future__ import annotations

from django.urls import path

from notifications import views

urlpatterns = [
    path("reminders/", views.reminders, name="reminders"),
    path("reminders/address/", views.give_address, name="give_address"),
    path("reminders/code/", views.confirm_address, name="confirm_address"),
    path("reminders/address/forget/", views.forget_address, name="forget_address"),
    path("stop/<slug:key>/", views.stop, name="stop"),
]
