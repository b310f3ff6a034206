"""Converts the dataclasses of a room to JSON values and back, with every type checked on reading."""

from __future__ import annotations

import types
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, Final, TypeVar, get_args, get_origin, get_type_hints

Shape = TypeVar("Shape")
JSON_TYPES: Final = frozenset({str, int, float, bool, types.NoneType})
# Metadata of a dataclass field that is left out of the JSON while it has its default.
OMIT_DEFAULT: Final[dict[str, bool]] = {"omit_default": True}
CACHED_DUMPS: Final = 8192


class Malformed(ValueError):
    """JSON that does not have the expected shape."""


def dump(value: Any) -> Any:
    """Return a value that ``json`` can write: moments as ISO 8601, tuples as lists.

    Dataclasses without a dict are cached by value. Use ``dump_fields`` for values that hold what
    people wrote, which must not stay in memory.
    """
    kind: Any = type(value)
    if kind in JSON_TYPES:  # first, because nearly every value is one
        return value
    if kind is dict:
        return {key: dump(item) for key, item in value.items()}
    if kind is tuple or kind is list:
        return [dump(item) for item in value]
    if kind is datetime:
        return value.isoformat()
    if issubclass(kind, StrEnum):
        return value.value
    return _dump_cached(value) if _is_hashable(kind) else dump_fields(value)


def dump_fields(value: Any) -> dict[str, Any]:
    """Return the fields of a dataclass as JSON values, without caching the whole."""
    kind: Any = type(value)
    dumped = {name: dump(getattr(value, name)) for name in _hints(kind)}
    for name, default in _omitted(kind).items():
        if dumped[name] == default:
            del dumped[name]
    return dumped


# A command changes one message or one person of a state; the others are dumped once.
_dump_cached: Final = lru_cache(maxsize=CACHED_DUMPS)(dump_fields)


def load(shape: type[Shape], raw: Any) -> Shape:
    """Return a dataclass built from what ``json`` has read.

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
def _is_hashable(shape: Any) -> bool:
    return not any(get_origin(hint) is dict for hint in _hints(shape).values())


@cache
def _hints(shape: Any) -> dict[str, Any]:
    """Return the evaluated annotation of each field, in order."""
    hints = get_type_hints(shape)
    return {f.name: hints[f.name] for f in fields(shape)}


@cache
def _omitted(shape: Any) -> dict[str, Any]:
    """Return the defaults of the fields marked with ``OMIT_DEFAULT``."""
    return {f.name: f.default for f in fields(shape) if f.metadata == OMIT_DEFAULT}


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
        return _load_value(hint, raw)
    raise Malformed(f"{type(raw).__name__} where {hint} is expected")


def _load_value(hint: type, raw: Any) -> Any:
    if is_dataclass(hint):
        return load(hint, raw)
    try:
        if issubclass(hint, StrEnum):
            return hint(raw)
        if issubclass(hint, datetime):
            return datetime.fromisoformat(raw)
    except (TypeError, ValueError):
        raise Malformed(f"no {hint.__name__}") from None
    if type(raw) is not hint:  # so that a bool is not accepted as an int
        raise Malformed(f"{type(raw).__name__} where {hint.__name__} is expected")
    return raw
