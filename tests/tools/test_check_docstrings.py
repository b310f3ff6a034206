from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tools.check_docstrings import PATHS, ROOT, documented_errors, files, main, violations

if TYPE_CHECKING:
    from pathlib import Path

ARRAYS = '"""Return levels ``(people, 672) uint8``."""'
PLAIN = '"""Return something."""'


def problems(tmp_path: Path, source: str) -> list[tuple[str, str]]:
    """Return name and rule of each violation in a module."""
    file = tmp_path / "module.py"
    file.write_text(source)
    return [(each.name, each.rule) for each in violations([file])]


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(): pass", ["f"]),
        ("async def f(): pass", ["f"]),
        ("class A: pass", ["A"]),
        ("class A:\n    'A.'\n    def f(self): pass", ["A.f"]),
        ("class A:\n    'A.'\n    class B: pass", ["A.B"]),
        ("def _f(): pass", []),
        ("class _A:\n    def f(self): pass", []),
        ("class A:\n    'A.'\n    def __len__(self): pass", []),
        ("class A:\n    'A.'\n    def __init__(self): pass", []),
        ("@overload\ndef f(): ...", []),
        ("def f():\n    'F.'\n    def g(): pass", []),
    ],
)
def test_a_public_definition_needs_a_docstring(
    tmp_path: Path, source: str, names: list[str]
) -> None:
    assert problems(tmp_path, source) == [(name, "missing") for name in names]


@pytest.mark.parametrize(
    ("body", "is_violation"),
    [
        ("raise Bad", True),
        ("raise Bad('so')", True),
        ("raise errors.Bad from None", True),
        ("if f:\n        raise Bad", True),
        ("try:\n        g()\n    except KeyError:\n        raise Bad from None", True),
        ("try:\n        raise Bad\n    except (KeyError, Bad):\n        pass", False),
        ("raise", False),
        ("raise error", False),
        ("raise _Private", False),
        ("raise NotImplementedError", False),
        ("def g():\n        raise Bad", False),
        ("_check()", False),
    ],
)
def test_an_error_that_the_body_raises_needs_an_entry(
    tmp_path: Path, body: str, *, is_violation: bool
) -> None:
    assert bool(problems(tmp_path, f"def f():\n    'Do.'\n    {body}")) is is_violation
    doc = "'''Do.\n\n    Raises:\n        KeyError: no.\n        Bad: why.\n    '''"
    assert problems(tmp_path, f"def f():\n    {doc}\n    {body}") == []


def test_errors_of_a_constructor_stand_in_the_docstring_of_the_class(tmp_path: Path) -> None:
    doc = "'''A.\n\n    Raises:\n        Bad: why.\n    '''"
    method = "    def __post_init__(self):\n        raise Bad"
    assert problems(tmp_path, f"class A:\n    {doc}\n{method}") == []
    assert problems(tmp_path, f"class A:\n    'A.'\n{method}") == [("A.__post_init__", "raises")]


def test_a_raises_section_ends_where_the_indentation_does() -> None:
    doc = "Do.\n\nRaises:\n    A, b.B: why,\n        C: as well.\n    D: too.\nNote:\n    E: no.\n"
    assert documented_errors(doc) == {"A", "B", "D"}


@pytest.mark.parametrize(
    ("signature", "doc", "rules"),
    [
        ("f() -> NDArray[np.int64]", PLAIN, ["shape"]),
        ("f(a: npt.NDArray[np.int64])", PLAIN, ["shape"]),
        ("f(a: tuple[Int64Array, int])", PLAIN, ["shape"]),
        ("f(a: NDArray[np.int64])", '"""Return a (n, m) table."""', ["shape"]),
        ("f(a: NDArray[np.int64])", '"""Return ``(n)`` things."""', ["shape"]),
        ("f() -> NDArray[np.int64]", ARRAYS, []),
        ("f() -> NDArray[np.int64]", '"""Return as many, of any shape."""', []),
        ("f(at: datetime)", PLAIN, ["zone"]),
        ("f(first: datetime | None = None)", PLAIN, ["zone"]),
        ("f() -> Iterator[time]", PLAIN, ["zone"]),
        ("f(at: datetime)", '"""Return the UTC instant."""', []),
        ("f(at: time)", '"""Return the quarter hour of a naive time."""', []),
        ("f(first_local: datetime, starts_at: datetime, *, now: datetime)", PLAIN, []),
        ("f(delta: timedelta)", PLAIN, []),
        ("f(timeout: float)", PLAIN, ["unit"]),
        ("f(*, wall_offset: int)", PLAIN, ["unit"]),
        ("duration() -> int", PLAIN, ["unit"]),
        ("f(timeout: float)", '"""Wait some seconds."""', []),
        ("f(timeout_seconds: float, minutes: int, people: int)", PLAIN, []),
    ],
)
def test_a_signature_needs_shapes_zones_and_units(
    tmp_path: Path, signature: str, doc: str, rules: list[str]
) -> None:
    assert [rule for _, rule in problems(tmp_path, f"def {signature}:\n    {doc}")] == rules


def test_a_class_with_arrays_needs_a_shape(tmp_path: Path) -> None:
    field = "    levels: NDArray[np.uint8]"
    assert problems(tmp_path, f"class A:\n    'A.'\n{field}") == [("A", "shape")]
    assert problems(tmp_path, f"class A:\n    'A, ``(n, 3)``.'\n{field}") == []


def test_the_output_says_what_is_missing_and_counts_by_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.check_docstrings.ROOT", tmp_path)
    (tmp_path / "module.py").write_text("def f(at: datetime):\n    'F.'\n    raise Bad\n")
    assert main([str(tmp_path)]) == 2
    assert capsys.readouterr().out == (
        "module.py:1: f raises Bad, which a Raises: section does not name [raises]\n"
        "module.py:1: f does not say whether at is UTC, local, aware or naive [zone]\n"
        "raises: 1, zone: 1\n"
    )


def test_without_arguments_every_path_of_the_list_is_read() -> None:
    read = files([])
    for path in PATHS:
        assert any(file.is_relative_to(ROOT / path) for file in read)


def test_the_pure_packages_are_clean() -> None:
    assert main([str(ROOT / "civiltime"), str(ROOT / "optimizer")]) == 0
