"""The URLs of the notifications."""

from __future__ import annotations

from django.urls import path

from notifications.views import (
    addresses,
    gateway,
    inbox,
    operator,
    preferences,
    transports,
    unsubscribe,
)

urlpatterns = [
    path("reminders/", preferences.reminders, name="reminders"),
    path("reminders/address/give/", addresses.give_address, name="give_address"),
    path("reminders/code/", addresses.confirm_address, name="confirm_address"),
    path("reminders/address/forget/", addresses.forget_address, name="forget_address"),
    path("reminders/of/<slug:key>/", preferences.group_reminders, name="group_reminders"),
    path("notices.js", transports.service_worker, name="service_worker"),
    path("reminders/devices/add/", transports.add_device, name="add_device"),
    path("reminders/devices/<slug:key>/remove/", transports.remove_device, name="remove_device"),
    path("reminders/by/<slug:transport>/give/", transports.give_contact, name="give_contact"),
    path("reminders/by/<slug:transport>/code/", transports.confirm_contact, name="confirm_contact"),
    path("reminders/by/<slug:transport>/forget/", transports.forget_contact, name="forget_contact"),
    path("gateway/", gateway.gateway_webhook, name="gateway_webhook"),
    path("operator/", operator.message_delivery, name="message_delivery"),
    path("operator/unconfirmed/<uuid:key>/", operator.settle, name="settle_unconfirmed"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("stop/<slug:key>/", unsubscribe.stop, name="stop"),
]
