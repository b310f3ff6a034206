"""Every address of the notifications."""

from __future__ import annotations

from django.urls import path

from notifications.views import addresses, choices, gateway, inbox, operator, stopping, ways

urlpatterns = [
    path("reminders/", choices.reminders, name="reminders"),
    path("reminders/address/", addresses.give_address, name="give_address"),
    path("reminders/code/", addresses.confirm_address, name="confirm_address"),
    path("reminders/address/forget/", addresses.forget_address, name="forget_address"),
    path("reminders/of/<slug:key>/", choices.own_times, name="own_times"),
    path("notices.js", ways.worker, name="notices_worker"),
    path("reminders/devices/", ways.add_device, name="add_device"),
    path("reminders/devices/<slug:key>/", ways.remove_device, name="remove_device"),
    path("reminders/by/<slug:way>/", ways.give_contact, name="give_contact"),
    path("reminders/by/<slug:way>/code/", ways.confirm_contact, name="confirm_contact"),
    path("reminders/by/<slug:way>/forget/", ways.forget_contact, name="forget_contact"),
    path("gateway/", gateway.from_gateway, name="from_gateway"),
    path("operator/", operator.post_office, name="post_office"),
    path("operator/doubts/<uuid:key>/", operator.settle, name="settle_doubt"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("stop/<slug:key>/", stopping.stop, name="stop"),
]
