from __future__ import annotations

from pathlib import Path

import pytest

from tools.check_names import main, names_in, read_words, violations

WORDS = read_words("way  transport\n!way_of_life  a book  # a comment\nwish  request\n")


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("class Way: pass", ["Way"]),
        ("def by_way(): pass", ["by_way"]),
        ("async def WishList(): pass", ["WishList"]),
        ("class A:\n    def wish(self): pass", ["wish"]),
        ("def always(): pass", []),
        ("def way_of_life(): pass", []),
        ("def test_a_way_is_found(): pass", []),
        ("class A:\n    def __wish__(self): pass", []),
    ],
)
def test_a_forbidden_word_in_a_name_is_found(tmp_path: Path, source: str, names: list[str]) -> None:
    file = tmp_path / "module.py"
    file.write_text(source)
    assert [each.name for each in violations([file], WORDS)] == names


def test_a_module_and_a_package_have_a_name_too() -> None:
    assert next(iter(names_in(Path("notifications/ways.py"), ""))) == (1, "ways")
    assert next(iter(names_in(Path("notifications/ways/__init__.py"), ""))) == (1, "ways")


def test_the_output_says_what_to_write_instead(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.check_names.ROOT", tmp_path)
    (tmp_path / "module.py").write_text("\n\ndef passphrase(): pass\n")
    assert main([str(tmp_path)]) == 1
    assert capsys.readouterr().out == "module.py:3: passphrase: “passphrase” → password\n"
