"""Which transports reach a person, and for which of them they consented to a topic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import Q

from notifications.models import Contact, Device, Topic, Transport

if TYPE_CHECKING:
    from accounts.models import Person


def has_allowed(
    topic: Topic, *, person: str = "person", besides: frozenset[Transport] = frozenset()
) -> Q:
    """Match consents in force of active people, on transports that have a verified address.

    Use it in one ``filter`` call with the conditions on the path to the person, because a second
    call would join the path again. Nothing is negated: Django evaluates a negated condition on a
    path to many rows over all of those rows.

    Args:
        topic: the topic.
        person: the lookup path to the person.
        besides: transports to leave out.
    """
    transport = f"{person}__consents__transport"
    is_verified = Q(**{transport: Transport.EMAIL, f"{person}__email_verified_at__isnull": False})
    needs_no_address = Q(**{f"{transport}__in": set(Transport) - {Transport.EMAIL} - besides})
    return (is_verified | needs_no_address) & Q(
        **{
            f"{person}__consents__topic": topic,
            f"{person}__consents__withdrawn_at": None,
            f"{person}__deactivated_at": None,
        }
    )


def transports_to(person: Person) -> list[Transport]:
    """Return the transports that reach a person now; the inbox, which always does, is the last."""
    contacts = Contact.objects.filter(
        person=person, broken_at=None, transport__in=settings.GATEWAYS
    ).order_by("transport")
    return [
        *([Transport.EMAIL] if person.can_be_mailed else []),
        *([Transport.PUSH] if Device.objects.filter(person=person).exists() else []),
        *(Transport(value) for value in contacts.values_list("transport", flat=True)),
        Transport.INBOX,
    ]
