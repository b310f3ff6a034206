"""A device that may be sent notices, and one that may no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Person
from civiltime.errors import CommonhourError
from notifications.actions.consent import allow, withdraw
from notifications.models import Consent, Device, Topic, Transport
from notifications.transports import push_subscriptions

if TYPE_CHECKING:
    from datetime import datetime

MOST_DEVICES: Final = 5


class TooManyDevices(CommonhourError):
    """A person has five devices already."""

    code = "too_many_devices"

    def __init__(self) -> None:
        super().__init__(_("You have five devices here. Please take one away first."))


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
    """Keep a browser's subscription, under a label that tells it from her others.

    Asking for it is consenting to it; which topics come is hers to change. The same browser again,
    even with another person signed in, is the same device: it belongs to whoever asked last, for
    she is the one who looks at it.

    Raises:
        UnknownPushService: the subscription is none of a push service we trust.
        TooManyDevices: she has five.
    """
    push_subscriptions.check(endpoint, agreement_key, auth_secret)
    Person.objects.select_for_update().get(pk=person.pk)
    Device.objects.filter(endpoint=endpoint).delete()
    hers = Device.objects.filter(person=person)
    if hers.count() >= MOST_DEVICES:
        raise TooManyDevices
    if not Consent.objects.in_force().filter(person=person, transport=Transport.PUSH).exists():
        allow(person=person, transport=Transport.PUSH, topics=tuple(Topic), now=now)
    return Device.objects.create(
        person=person,
        label=_free_label(label, set(hers.values_list("label", flat=True))),
        endpoint=endpoint,
        agreement_key=agreement_key,
        auth_secret=auth_secret,
        created_at=now,
    )


@transaction.atomic
def remove_device(*, person: Person, key: str, now: datetime) -> None:
    """Forget one device; with the last one the consent to this way ends."""
    Person.objects.select_for_update().get(pk=person.pk)
    hers = Device.objects.filter(person=person)
    hers.filter(key=key).delete()
    if not hers.exists():
        withdraw(person=person, transport=Transport.PUSH, now=now)


def remove_expired_device(device: Device, now: datetime) -> None:
    """Forget a device whose push service says that it is gone; the last one ends the consent, too.

    Her page then says that nothing comes this way, instead of showing a choice that leads nowhere.
    """
    if Device.objects.filter(pk=device.pk, endpoint=device.endpoint).exists():
        remove_device(person=device.person, key=device.key, now=now)


def record_push(device: Device, now: datetime) -> None:
    """Remember when a device was last sent something."""
    Device.objects.filter(pk=device.pk).update(reached_at=now)


def _free_label(wanted: str, taken: set[str]) -> str:
    label, number = wanted, 1
    while label in taken:
        number += 1
        label = f"{wanted} {number}"
    return label
