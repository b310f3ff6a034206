from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.rules.names import UnfitAlias, alias_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Bo", "bo"),
        ("Bo", "Bо"),  # Cyrillic о
        ("Bo", "Βο"),  # Greek Βο
        ("Bo", "Ｂｏ"),  # fullwidth
        ("Bo", "𝐁𝐨"),  # mathematical
        ("Bo", "B0"),
        ("Bo", "B.o."),
        ("Bo", "B o"),
        ("Amina", "Аmіnа"),
        ("Amina", "Arnina"),
        ("Bill", "BiII"),
        ("Bill", "Bi11"),
        ("José", "Jose"),
        ("Sunny 🌻", "sunny 🌻\ufe0f"),
        ("علی\u200cرضا", "علیرضا"),
    ],
)
def test_names_that_look_alike_share_a_key(one: str, other: str) -> None:
    assert alias_key(one) == alias_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Bo", "Bob"), ("राम", "रामु"), ("أمينة", "أمين"), ("春", "秋"), ("Amina", "Amira")],
)
def test_names_that_differ_keep_different_keys(one: str, other: str) -> None:
    assert alias_key(one) != alias_key(other)


@pytest.mark.parametrize(
    ("alias", "fault"),
    [
        ("", "length"),
        ("   ", "length"),
        ("x" * 41, "length"),
        ("ﷺ" * 40, "length"),
        ("Bo\u202eda", "characters"),
        ("Bo\u200b", "characters"),
        ("Bo\x00", "characters"),
        ("Bo\nBo", "characters"),
        ("\u3164\u3164", "characters"),
        ("B" + "\u0301" * 9, "characters"),
        ("...", "letters"),
        ("Facilitator", "reserved"),
        ("Facilitatоr", "reserved"),
        ("H o s t", "reserved"),
        ("Host Amina", "reserved"),
        ("Amina (host)", "reserved"),
        ("TheFacilitatorHere", "reserved"),
        ("ADM1N", "reserved"),
        ("Модератор", "reserved"),
        ("مشرف", "reserved"),
    ],
)
def test_an_unfit_name_says_what_is_wrong(alias: str, fault: str) -> None:
    with pytest.raises(UnfitAlias) as refusal:
        alias_key(alias)
    assert refusal.value.fault == fault
    assert refusal.value.code == "unfit_alias"


@pytest.mark.parametrize("alias", ["Stafford", "Ghosty", "Modesta", "Amina", "Ali", "🌻", "७"])
def test_a_name_that_only_contains_a_short_staff_word_is_fine(alias: str) -> None:
    assert alias_key(alias)


@given(st.text(max_size=60))
def test_every_text_has_a_key_or_a_reason(alias: str) -> None:
    try:
        key = alias_key(alias)
    except UnfitAlias:
        return
    assert key
    assert not any(character.isspace() for character in key)
