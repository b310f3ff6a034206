# ruff: noqa: ARG002, N802 - the names and arguments are aiosmtpd's
"""A real SMTP server that stores what it accepts, and fails on demand."""

from __future__ import annotations

import asyncio
import email
import email.policy
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

from aiosmtpd.controller import Controller

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class SmtpServer:
    """What arrived, and how the server is to answer. Each answer in a list is used once.

    Attributes:
        holds_answer_to: the number of the mail, counted from 1, that is answered only once
            ``released`` is set; ``held`` is set when it has arrived.
    """

    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answers_to_sender: list[str] = field(default_factory=list)
    answers_to_recipient: list[str] = field(default_factory=list)
    answers_to_data: list[str] = field(default_factory=list)
    drops_before_sender: int = 0
    drops_after_data: int = 0
    holds_answer_to: int = 0
    held: Event = field(default_factory=Event)
    released: Event = field(default_factory=Event)
    connections: int = 0
    port: int = 0

    @classmethod
    @contextmanager
    def open(cls, port: int = 0) -> Iterator[SmtpServer]:
        """Listen on a given port of this machine, or on a free one."""
        made = cls()
        controller = _Controller(made, hostname="127.0.0.1", port=port)
        controller.start()
        try:
            made.port, made.connections = controller.port, 0
            yield made
        finally:
            controller.stop()

    @property
    def subjects(self) -> list[str]:
        """Return the subject of each mail, in the order of arrival."""
        return [str(mail["Subject"]) for mail in self.mails]

    async def handle_EHLO(
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, answers: list[str]
    ) -> list[str]:
        """Count connections."""
        self.connections += 1
        session.host_name = hostname
        return answers

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer MAIL, or drop the connection."""
        if self.drops_before_sender:
            self.drops_before_sender -= 1
            server.transport.abort()
        if self.answers_to_sender:
            return self.answers_to_sender.pop(0)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer RCPT."""
        if self.answers_to_recipient:
            return self.answers_to_recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Store a mail, then answer, or drop the connection."""
        if self.answers_to_data:
            return self.answers_to_data.pop(0)
        content = envelope.content or b""
        self.mails.append(email.message_from_bytes(content, policy=email.policy.default))
        self.recipients += envelope.rcpt_tos
        if self.drops_after_data:
            self.drops_after_data -= 1
            server.transport.abort()
        if len(self.mails) == self.holds_answer_to:
            self.held.set()
            await asyncio.to_thread(self.released.wait)
        return "250 OK"


class _Controller(Controller):
    """A controller that knows the port that the kernel chose."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()
