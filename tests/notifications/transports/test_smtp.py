from __future__ import annotations

import socket
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import BadHeaderError

from notifications.transports.email import EmailSender
from notifications.transports.errors import (
    DeliveryRejected,
    DeliveryUnconfirmed,
    RecipientGone,
    TransportDown,
)
from tests.support.reminders import parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings

    from tests.support.smtp_server import SmtpServer


def mail(text: str = "Hello", subject: str = "Notice") -> EmailMultiAlternatives:
    made = EmailMultiAlternatives(subject, text, "notices@example.org", ["bo@example.org"])
    made.attach_alternative(f"<p>{text}", "text/html")
    return made


def send(message: EmailMultiAlternatives) -> None:
    with EmailSender() as sender:
        sender.send(message)


@contextmanager
def silent_after(command: bytes) -> Iterator[int]:
    """Serve one connection that is dropped as soon as a command has come; yield the port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection, connection.makefile("rb") as lines:
                connection.sendall(b"220 ready\r\n")
                for line in lines:
                    if line.upper().startswith(command):
                        return
                    connection.sendall(b"250 OK\r\n")

        thread = Thread(target=serve)
        thread.start()
        yield server.getsockname()[1]
        thread.join()


@pytest.mark.parametrize(
    "text",
    [
        "one line",
        ".\n..\n. a dot begins a line",
        "From a line that begins so",
        "= signs = and =3D",
        "word " * 200,
        "x" * 2000,
        "مرحبا\nنلتقي الساعة ١٨",
        "😀" * 50,
    ],
)
def test_what_is_sent_is_what_arrives(text: str, smtp_server: SmtpServer) -> None:
    send(mail(text, subject="Erinnerung für später: الساعة ١٨"))
    (arrived,) = smtp_server.mails
    plain, html = (part.replace("\r\n", "\n").rstrip("\n") for part in parts(arrived))
    assert str(arrived["Subject"]) == "Erinnerung für später: الساعة ١٨"
    assert plain == text
    assert html == f"<p>{text}"


def test_a_connection_dropped_before_the_message_means_that_it_was_not_sent(
    smtp_server: SmtpServer, settings: Settings
) -> None:
    with silent_after(b"DATA") as settings.EMAIL_PORT, pytest.raises(TransportDown):
        send(mail())


def test_a_connection_dropped_after_the_message_leaves_it_unconfirmed(
    smtp_server: SmtpServer,
) -> None:
    smtp_server.drops_after_data = 1
    with pytest.raises(DeliveryUnconfirmed):
        send(mail())
    assert len(smtp_server.mails) == 1


def test_a_connection_dropped_after_the_answer_means_that_the_next_was_not_sent(
    smtp_server: SmtpServer,
) -> None:
    with EmailSender() as sender:
        sender.send(mail())
        smtp_server.drops_before_sender = 1
        with pytest.raises(TransportDown):
            sender.send(mail())


@pytest.mark.parametrize(
    ("stage", "answer", "error"),
    [
        ("answers_to_sender", "550 who are you", TransportDown),
        ("answers_to_recipient", "550 5.1.1 no such user", RecipientGone),
        ("answers_to_recipient", "550 5.7.1 policy", DeliveryRejected),
        ("answers_to_recipient", "421 too busy", TransportDown),
        ("answers_to_data", "554 no", DeliveryRejected),
        ("answers_to_data", "421 too busy", TransportDown),
    ],
)
def test_each_answer_means_what_it_means(
    stage: str, answer: str, error: type[Exception], smtp_server: SmtpServer
) -> None:
    getattr(smtp_server, stage).append(answer)
    with pytest.raises(error) as raised:
        send(mail())
    assert type(raised.value) is error


@pytest.mark.parametrize(
    ("answer", "is_final"), [("451 come back", False), ("552 too large", True)]
)
def test_only_a_permanent_rejection_is_final(
    answer: str, is_final: bool, smtp_server: SmtpServer
) -> None:
    smtp_server.answers_to_data.append(answer)
    with pytest.raises(DeliveryRejected) as raised:
        send(mail())
    assert raised.value.is_final is is_final


def test_no_header_can_be_smuggled_in(smtp_server: SmtpServer) -> None:
    with pytest.raises(BadHeaderError):
        mail(subject="x\r\nBcc: chen@example.org").message()


def test_an_address_that_is_none_is_refused_for_good(smtp_server: SmtpServer) -> None:
    message = mail()
    message.to = ["a\nb@example.org"]
    with pytest.raises(DeliveryRejected) as raised:
        send(message)
    assert raised.value.is_final
