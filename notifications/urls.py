"""The URLs of the notifications."""

from __future__ import annotations

from django.urls import path

from notifications.views import (
    addresses,
    devices,
    gateway,
    inbox,
    operator,
    preferences,
    transports,
    unsubscribe,
)

urlpatterns = [
    path("notifications/", preferences.notifications, name="notifications"),
    path("notifications/about/<slug:topic>/", preferences.topic, name="notification_topic"),
    path("notifications/quiet-hours/", preferences.quiet_hours, name="quiet_hours"),
    path("notifications/wording/", preferences.wording, name="message_wording"),
    path("notifications/groups/<slug:key>/", preferences.group_reminders, name="group_reminders"),
    path("notifications/email/", addresses.give_address, name="give_address"),
    path("notifications/email/code/", addresses.confirm_address, name="confirm_address"),
    path("notifications/email/forget/", addresses.forget_address, name="forget_address"),
    path("notifications/by/<slug:transport>/", transports.give_contact, name="give_contact"),
    path(
        "notifications/by/<slug:transport>/code/",
        transports.confirm_contact,
        name="confirm_contact",
    ),
    path(
        "notifications/by/<slug:transport>/forget/",
        transports.forget_contact,
        name="forget_contact",
    ),
    path("devices/", devices.devices, name="devices"),
    path("devices/add/", devices.add_device, name="add_device"),
    path("devices/<slug:key>/remove/", devices.remove_device, name="remove_device"),
    path("service-worker.js", devices.service_worker, name="service_worker"),
    path("gateway/", gateway.gateway_webhook, name="gateway_webhook"),
    path("operator/", operator.message_delivery, name="message_delivery"),
    path("operator/unconfirmed/<uuid:key>/", operator.settle, name="settle_unconfirmed"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("stop/<slug:key>/", unsubscribe.stop, name="stop"),
]
