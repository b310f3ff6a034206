from __future__ import annotations

import re

import pytest

from accounts import languages
from civiltime import zones
from demo.build import ORGANISATIONS
from demo.people import OTHERS, SIGN_INS
from scheduler.rules.names import alias_key

CIRCLES = [group_data for site in ORGANISATIONS for group_data in site.groups]


@pytest.mark.parametrize("group_data", CIRCLES, ids=lambda group_data: group_data.name)
def test_every_alias_fits_and_none_reads_like_another(group_data):
    aliases = [*group_data.aliases.values(), *group_data.applicants.values()]

    keys = [alias_key(alias) for alias in aliases]

    assert len(set(keys)) == len(keys)


def test_every_handle_is_in_one_place_once_and_every_one_belongs_somewhere():
    handles = [someone.username for someone in (*SIGN_INS, *OTHERS)]
    named = {
        username
        for group_data in CIRCLES
        for username in (*group_data.aliases, *group_data.applicants)
    }
    named |= {site.coordinator for site in ORGANISATIONS}

    assert len(set(handles)) == len(handles)
    assert named == set(handles)


def test_zones_and_languages_are_real_and_under_their_names_of_today():
    assert {someone.tz for someone in (*SIGN_INS, *OTHERS)} | {c.tz for c in CIRCLES} <= (
        zones.canonical_names()
    )
    assert {
        code for group_data in CIRCLES for code in group_data.languages
    } <= languages.names().keys()


def test_nothing_in_it_leads_to_a_real_person_or_place_on_the_net():
    told = [text for site in ORGANISATIONS for text in (site.name, site.country)]
    told += [text for group_data in CIRCLES for text in (group_data.name, group_data.about)]
    told += [alias for group_data in CIRCLES for alias in group_data.aliases.values()]

    found = [text for text in told if re.search(r"https?:|www\.|@|\d{3}", text)]

    assert found == []
    emails = [someone.email for someone in (*SIGN_INS, *OTHERS) if someone.email]
    assert emails == ["bo@example.org"]


@pytest.mark.data
def test_no_name_is_taken_from_the_real_lists(shared_data):
    files = sorted((shared_data / "meetings").glob("*.json"))
    real = "\n".join(file.read_text("utf-8") for file in files)

    assert files
    assert [group_data.name for group_data in CIRCLES if f'"{group_data.name}"' in real] == []


def test_words_put_the_person_first():
    said_of_people = " ".join(group_data.about for group_data in CIRCLES).casefold()

    for word in ("addict", "user", "abuse", "clean", "cure", "therapy", "treatment", "toxic"):
        assert word not in said_of_people
