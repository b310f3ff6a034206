"""By which ways people may be told of a topic, for use in a query that leads to them."""

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
    """Keep the consents in force of whoever stands at ``person``, for ways that lead somewhere.

    All of it belongs into one ``filter`` call with what leads there: a second one would join anew.
    Nothing is negated, because a negated path of many rows asks about all of them.
    """
    transport = f"{person}__consents__transport"
    is_proven = Q(**{transport: Transport.EMAIL, f"{person}__email_verified_at__isnull": False})
    needs_no_address = Q(**{f"{transport}__in": set(Transport) - {Transport.EMAIL} - besides})
    return (is_proven | needs_no_address) & Q(
        **{
            f"{person}__consents__topic": topic,
            f"{person}__consents__withdrawn_at": None,
            f"{person}__deactivated_at": None,
        }
    )


def transports_to(person: Person) -> list[Transport]:
    """Return the ways that lead to a person now, the inbox last: it needs nothing of hers."""
    contacts = Contact.objects.filter(
        person=person, broken_at=None, transport__in=settings.GATEWAYS
    )
    return [
        *([Transport.EMAIL] if person.can_be_mailed else []),
        *([Transport.PUSH] if Device.objects.filter(person=person).exists() else []),
        *(
            Transport(transport)
            for transport in contacts.order_by("transport").values_list("transport", flat=True)
        ),
        Transport.INBOX,
    ]
