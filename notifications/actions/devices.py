"""People's devices for push messages: added, removed, or reported as expired."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from civiltime.errors import CommonhourError
from notifications.actions import push_subscriptions
from notifications.actions.consent import allow_first, withdraw
from notifications.models import Device, Transport

if TYPE_CHECKING:
    from datetime import datetime

MAX_DEVICES: Final = 5


class TooManyDevices(CommonhourError):
    """The person has five devices already."""

    code = "too_many_devices"

    def __init__(self) -> None:
        super().__init__(_("You have five devices here. Please remove one first."))


@transaction.atomic
def add_device(
    *,
    person: Person,
    label: str,
    endpoint: str,
    agreement_key: str,
    auth_secret: str,
    now: datetime,
) -> Device:
    """Store a browser's subscription, under a label that no other device of the person has.

    Adding the first device is consent to all topics on push. A browser that is subscribed already,
    by whomever, becomes this person's device, because they are the one who sees it.

    Raises:
        UnknownPushService: the subscription is of no known push service.
        TooManyDevices: the person has five.
    """
    push_subscriptions.check(endpoint, agreement_key, auth_secret)
    Person.objects.select_for_update().get(pk=person.pk)
    Device.objects.filter(endpoint=endpoint).delete()
    devices = Device.objects.filter(person=person)
    if devices.count() >= MAX_DEVICES:
        raise TooManyDevices
    device = Device.objects.create(
        person=person,
        label=_free_label(label, set(devices.values_list("label", flat=True))),
        endpoint=endpoint,
        agreement_key=agreement_key,
        auth_secret=auth_secret,
        created_at=now,
    )
    allow_first(person=person, transport=Transport.PUSH, now=now)
    return device


@transaction.atomic
def remove_device(*, person: Person, key: str, now: datetime) -> None:
    """Delete one device, and with the last one the consent to push messages."""
    Person.objects.select_for_update().get(pk=person.pk)
    devices = Device.objects.filter(person=person)
    devices.filter(key=key).delete()
    if not devices.exists():
        withdraw(person=person, transport=Transport.PUSH, now=now)


def remove_expired_device(device: Device, now: datetime) -> None:
    """Delete a device whose subscription has expired, and with the last one the consent.

    Unless it was subscribed again meanwhile. Without a device, the person's page must not show
    consents that have no effect.
    """
    if Device.objects.filter(pk=device.pk, endpoint=device.endpoint).exists():
        remove_device(person=device.person, key=device.key, now=now)


def record_push(device: Device, now: datetime) -> None:
    """Record when a device was last sent a message."""
    Device.objects.filter(pk=device.pk).update(reached_at=now)


def _free_label(wanted: str, taken: set[str]) -> str:
    """Return the label, with a number if it is taken."""
    label, number = wanted, 1
    while label in taken:
        number += 1
        label = f"{wanted} {number}"
    return label
