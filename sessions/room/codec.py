"""Turns the room's dataclasses into JSON and back, and trusts nothing on the way back."""

from __future__ import annotations

import types
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints

Shape = TypeVar("Shape")
PLAIN: Final = frozenset({str, int, float, bool, types.NoneType})


class Malformed(ValueError):
    """JSON that is not of the expected shape."""


def dump(value: Any) -> Any:
    """Return what ``json`` can write: instants as ISO 8601, sequences as lists."""
    kind: Any = type(value)
    if kind in PLAIN:  # nearly everything: the rest is asked only of what is left
        return value
    if kind is dict:
        return {key: dump(item) for key, item in value.items()}
    if kind is tuple or kind is list:
        return [dump(item) for item in value]
    if kind is datetime:
        return value.isoformat()
    if issubclass(kind, StrEnum):
        return value.value
    return _dump_object(value)


def _dump_object(value: Any) -> dict[str, Any]:
    kind: Any = type(value)
    return _dump_known(value) if _is_hashable(kind) else _dump_fields(value)


def _dump_fields(value: Any) -> dict[str, Any]:
    kind: Any = type(value)
    return {name: dump(getattr(value, name)) for name in _hints(kind)}


# Of two hundred lines one is new, and of twenty people none: what stays is dumped once.
_dump_known: Final = lru_cache(maxsize=8192)(_dump_fields)


@cache
def _is_hashable(shape: Any) -> bool:
    return not any(get_origin(hint) is dict for hint in _hints(shape).values())


def load(shape: type[Shape], raw: Any) -> Shape:
    """Build a dataclass from what ``json`` read.

    Raises:
        Malformed: a field is missing, unknown or of another type.
    """
    if not isinstance(raw, dict):
        raise Malformed(f"{shape.__name__} is an object")
    kind: Any = shape
    hints = _hints(kind)
    if unknown := raw.keys() - hints.keys():
        raise Malformed(f"unknown: {', '.join(sorted(map(str, unknown)))}")
    if missing := _required(kind) - raw.keys():
        raise Malformed(f"missing: {', '.join(sorted(missing))}")
    return shape(**{name: _load(hints[name], item) for name, item in raw.items()})


@cache
def _hints(shape: Any) -> dict[str, Any]:
    names = {f.name for f in fields(shape)}
    return {name: hint for name, hint in get_type_hints(shape).items() if name in names}


@cache
def _required(shape: Any) -> frozenset[str]:
    return frozenset(
        f.name for f in fields(shape) if f.default is MISSING and f.default_factory is MISSING
    )


def _load(hint: Any, raw: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is types.UnionType:
        if raw is None and types.NoneType in arguments:
            return None
        return _load(next(a for a in arguments if a is not types.NoneType), raw)
    if origin is tuple and isinstance(raw, list):
        return tuple(_load(arguments[0], item) for item in raw)
    if origin is dict and isinstance(raw, dict):
        return {str(key): _load(arguments[1], item) for key, item in raw.items()}
    if isinstance(hint, type):
        return _load_plain(hint, raw)
    raise Malformed(f"{type(raw).__name__} where {hint} belongs")


def _load_plain(hint: type, raw: Any) -> Any:
    if is_dataclass(hint):
        return load(hint, raw)
    try:
        if issubclass(hint, StrEnum):
            return hint(raw)
        if issubclass(hint, datetime):
            return datetime.fromisoformat(raw)
    except (TypeError, ValueError):
        raise Malformed(f"no {hint.__name__}") from None
    if type(raw) is not hint:  # a bool is not an int here
        raise Malformed(f"{type(raw).__name__} where {hint.__name__} belongs")
    return raw
