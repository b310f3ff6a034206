"""Every address of the notifications."""

from __future__ import annotations

from django.urls import path

from notifications import gateway_views, operator_views, ways_views
from notifications.views import addresses, choices, inbox, stopping

urlpatterns = [
    path("reminders/", choices.reminders, name="reminders"),
    path("reminders/address/", addresses.give_address, name="give_address"),
    path("reminders/code/", addresses.confirm_address, name="confirm_address"),
    path("reminders/address/forget/", addresses.forget_address, name="forget_address"),
    path("reminders/of/<slug:key>/", choices.own_times, name="own_times"),
    path("notices.js", ways_views.worker, name="notices_worker"),
    path("reminders/devices/", ways_views.add_device, name="add_device"),
    path("reminders/devices/<slug:key>/", ways_views.remove_device, name="remove_device"),
    path("reminders/by/<slug:way>/", ways_views.give_contact, name="give_contact"),
    path("reminders/by/<slug:way>/code/", ways_views.confirm_contact, name="confirm_contact"),
    path("reminders/by/<slug:way>/forget/", ways_views.forget_contact, name="forget_contact"),
    path("gateway/", gateway_views.from_gateway, name="from_gateway"),
    path("operator/", operator_views.post_office, name="post_office"),
    path("operator/doubts/<uuid:key>/", operator_views.settle, name="settle_doubt"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("stop/<slug:key>/", stopping.stop, name="stop"),
]
