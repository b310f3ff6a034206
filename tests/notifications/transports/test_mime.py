from __future__ import annotations

import email
import email.policy
from typing import TYPE_CHECKING, Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import BadHeaderError

from notifications.transports.mime import is_simple, written

if TYPE_CHECKING:
    from email.message import EmailMessage


def mail(
    subject: str = "Notice", text: str = "Hello", html: str = "<p>Hello", **more: Any
) -> EmailMultiAlternatives:
    made = EmailMultiAlternatives(
        subject, text, "Notices <notices@example.org>", ["bo@example.org"], **more
    )
    made.attach_alternative(html, "text/html")
    return made


def parsed(raw: bytes) -> EmailMessage:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    return message


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n").rstrip("\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "one line",
        "trailing space \nand a tab\t\n",
        ".\n..\n. a dot begins a line",
        "From a line that begins so",
        "= signs = and =3D",
        "ä" * 200,
        "word " * 200,
        "x" * 2000,
        "مرحبا\nنلتقي الساعة ١٨",
        "😀" * 50,
    ],
)
def test_what_is_written_is_what_is_read(text: str) -> None:
    subject = " ".join(text.split()) or "Notice"
    raw = written(mail(subject, text, f"<p>{text}"))
    message = parsed(raw)
    assert str(message["Subject"]) == subject
    assert body(message, "plain") == text.rstrip("\n")
    assert body(message, "html") == f"<p>{text}".rstrip("\n")
    lines = raw.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(len(line) for line in lines if not line.startswith(b"Subject:")) <= 78
    assert max(len(line) for line in lines) <= 998


def test_it_says_the_same_as_the_standard_library() -> None:
    message = mail("Grüße", "Ein Wort.\n.\nNoch eins.", headers={"Message-ID": "<k@example.org>"})
    ours = parsed(written(message))
    theirs = parsed(message.message().as_bytes())
    for name in ("From", "To", "Subject", "Message-ID", "MIME-Version"):
        assert ours[name] == theirs[name], name
    assert ours.get_content_type() == theirs.get_content_type() == "multipart/alternative"
    for kind in ("plain", "html"):
        assert body(ours, kind) == body(theirs, kind)


@pytest.mark.parametrize("name", ["subject", "headers"])
def test_no_header_can_be_smuggled_in(name: str) -> None:
    smuggled = "x\r\nBcc: chen@example.org"
    given = {name: smuggled if name == "subject" else {"X-More": smuggled}}
    with pytest.raises(BadHeaderError):
        written(mail(**given))


def test_an_address_that_is_none_is_refused() -> None:
    message = mail()
    message.to = ["a\nb@example.org"]
    with pytest.raises(ValueError, match="end of a line"):
        written(message)


def test_what_has_another_form_takes_the_long_way() -> None:
    assert is_simple(mail())
    assert not is_simple(mail(cc=["dana@example.org"]))
    assert not is_simple(EmailMultiAlternatives("a", "b", to=["bo@example.org"]))
    attached = mail()
    attached.attach("a.ics", "BEGIN:VCALENDAR", "text/calendar")
    assert not is_simple(attached)
