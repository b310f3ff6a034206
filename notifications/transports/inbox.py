"""The inbox: a notice that lies there has arrived. It is read on a page, behind the sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from uuid import UUID

    from notifications.delivery.validity import Due


class InboxSender:
    """Puts notices where their reader finds them: the ledger's row is the place itself."""

    def prepare(self, digest: list[Due]) -> Callable[[], None]:  # noqa: ARG002 - a carrier's shape
        """Return what does nothing more: once the dispatcher marks the row it is there."""
        return _lie_there

    def ask(self, message_key: UUID) -> bool:  # noqa: ARG002 - a carrier's shape
        """Whether it lies there: whoever was about to mark it so may do it again."""
        return False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """There is nothing to close."""


def _lie_there() -> None:
    """Be there: the row is its own letter."""
