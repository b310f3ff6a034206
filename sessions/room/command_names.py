"""What a client may send, by the names that stand on the wire."""

from __future__ import annotations

import re
from typing import Any, Final

from sessions.room import commands as c
from sessions.room.codec import Malformed, load


def _wire_name(verb: type[c.Command]) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", verb.__name__).lower()


# Written out: what a client may send is a decision, not a by-product of subclassing.
VERBS: Final[dict[str, type[c.Command]]] = {
    _wire_name(verb): verb
    for verb in (
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
        c.TakeOver,
        c.SetAgenda,
        c.StartStep,
        c.RaiseHand,
        c.LowerHand,
        c.Listen,
        c.GiveTurn,
        c.PassTurn,
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
        c.TellFacilitators,
        c.Answer,
        c.BackChannel,
        c.Caption,
        c.AskForHelp,
        c.Report,
    )
}


class UnknownVerb(Malformed):
    """A command of a type that does not exist."""


def parse(raw: dict[str, Any], *, by: str) -> c.Command:
    """Read a client's command, such as ``{"type": "say", "text": "hello"}``.

    Raises:
        UnknownVerb: no verb has this type.
        Malformed: a field is missing, unknown or of another type.
    """
    verb = VERBS.get(str(raw.get("type")))
    if verb is None:
        raise UnknownVerb(str(raw.get("type"))[:40])
    if "by" in raw:
        raise Malformed("unknown: by")
    given = {name: item for name, item in raw.items() if name not in {"type", "id"}}
    return load(verb, given | {"by": by})
