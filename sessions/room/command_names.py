"""The commands that a client may send, by the ``type`` of their frames."""

from __future__ import annotations

import re
from typing import Any, Final

from sessions.room import commands as c
from sessions.room.codec import Malformed, load


def _type_name(cls: type[c.Command]) -> str:
    """Return a class name in snake case."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()


# Listed by hand, so that a new subclass of Command is not exposed to clients by accident.
COMMANDS: Final[dict[str, type[c.Command]]] = {
    _type_name(cls): cls
    for cls in (
        c.Leave,
        c.OpenRoom,
        c.Admit,
        c.AdmitAll,
        c.SendBack,
        c.Remove,
        c.LetBack,
        c.Lock,
        c.Pause,
        c.Resume,
        c.End,
        c.Reopen,
        c.TakeOver,
        c.SetAgenda,
        c.StartStep,
        c.RaiseHand,
        c.LowerHand,
        c.Listen,
        c.InviteToSpeak,
        c.FinishTurn,
        c.SkipTurn,
        c.StartRound,
        c.EndRound,
        c.SetTurns,
        c.Microphone,
        c.Camera,
        c.Mute,
        c.AllowVoice,
        c.MuteAll,
        c.Cameras,
        c.Receive,
        c.ConnectDirectly,
        c.Say,
        c.Edit,
        c.Redact,
        c.React,
        c.MessageFacilitators,
        c.Answer,
        c.BackChannel,
        c.Caption,
        c.AskForHelp,
        c.SeeHelp,
        c.Report,
    )
}


class UnknownCommand(Malformed):
    """A frame whose ``type`` names no command."""


def parse(frame: dict[str, Any], *, by: str) -> c.Command:
    """Return the command of a frame such as ``{"type": "say", "id": "a1", "text": "hello"}``.

    Raises:
        UnknownCommand: no command has this type.
        Malformed: a field is missing, unknown or of another type.
    """
    cls = COMMANDS.get(str(frame.get("type")))
    if cls is None:
        raise UnknownCommand(str(frame.get("type"))[:40])
    if "by" in frame:
        raise Malformed("unknown: by")
    fields = {name: value for name, value in frame.items() if name not in {"type", "id"}}
    return load(cls, fields | {"by": by})
