from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

SHEETS = [
    "css/app.css",
    "css/room.css",
    "css/availability.css",
    "css/best-time.css",
    "css/schedule.css",
]


@pytest.fixture(scope="module")
def collected(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def collect(collected, settings):
    settings.STATIC_ROOT = collected
    settings.STORAGES = {"staticfiles": {"BACKEND": "config.storage.HashedStaticFiles"}}

    def run() -> list[Path]:
        call_command("collectstatic", interactive=False, verbosity=0)
        manifest = json.loads((collected / "staticfiles.json").read_text())
        return [collected / manifest["paths"][sheet] for sheet in SHEETS]

    return run


def source_files() -> list[Path]:
    folder = Path(settings.BASE_DIR, "static", "css")
    return [
        file for file in folder.rglob("*.css") if f"css/{file.relative_to(folder)}" not in SHEETS
    ]


def test_every_rule_is_in_one_sheet_that_asks_for_nothing_more(collect):
    sheets = [sheet.read_text() for sheet in collect()]

    assert not any("@import" in sheet for sheet in sheets)
    for file in source_files():
        assert [file.read_text() in sheet for sheet in sheets].count(True) == 1, file.name


def test_every_sheet_puts_the_layers_in_the_same_order(collect):
    order = "@layer reset, tokens, base, layout, components, modes;"

    assert all(
        0 <= sheet.index(order) < sheet.index("{") for sheet in map(Path.read_text, collect())
    )


def test_collecting_again_folds_the_sheet_again(collect):
    assert collect() == collect()


def test_the_sheets_are_light(collect):
    sent = (Path(f"{sheet}.br").stat().st_size for sheet in collect())
    common, *others = sent

    assert common <= 10 * 1024
    assert max(others) <= 5 * 1024


def test_modules_import_each_other_by_their_hashed_names(collect, collected):
    collect()
    manifest = json.loads((collected / "staticfiles.json").read_text())
    app = (collected / manifest["paths"]["js/app.js"]).read_text()

    imported = re.findall(r'import\("\./([^"]+)"\)', app)

    assert imported
    assert all((collected / "js" / name).is_file() for name in imported)
    assert not {"copy.js", "quick-exit.js"} & set(imported)


@pytest.mark.parametrize("file", source_files(), ids=lambda file: file.name)
def test_styles_know_no_left_and_no_right(file):
    physical = re.findall(
        r"[\s{;(](?:(?:m(?:in|ax)-)?(?:width|height)|(?:[a-z]+-)*(?:left|right|top|bottom))\s*:",
        re.sub(r"/\*.*?\*/|@media[^{]*", "", file.read_text(), flags=re.DOTALL),
    )

    assert physical == []
