from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

SHEET = "css/app.css"
LARGEST_SHEET_BYTES = 26 * 1024


@pytest.fixture(scope="module")
def collected(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def collect(collected, settings):
    settings.STATIC_ROOT = collected
    settings.STORAGES = {"staticfiles": {"BACKEND": "config.storage.HashedStaticFiles"}}

    def run() -> Path:
        call_command("collectstatic", interactive=False, verbosity=0)
        manifest = json.loads((collected / "staticfiles.json").read_text())
        return collected / manifest["paths"][SHEET]

    return run


def source_files() -> list[Path]:
    folder = Path(settings.BASE_DIR, "static", "css")
    return [file for file in folder.rglob("*.css") if file.name != "app.css"]


def test_a_page_asks_for_one_sheet_that_holds_every_rule(collect):
    sheet = collect().read_text()

    assert "@import" not in sheet
    assert [file.name for file in source_files() if file.read_text() not in sheet] == []
    assert sheet.index("@layer reset, tokens, base, layout, components;") < sheet.index("{")


def test_collecting_again_folds_the_sheet_again(collect):
    assert collect() == collect()


def test_the_sheet_is_light(collect):
    assert collect().stat().st_size <= LARGEST_SHEET_BYTES


def test_modules_import_each_other_by_their_hashed_names(collect, collected):
    collect()
    manifest = json.loads((collected / "staticfiles.json").read_text())
    app = (collected / manifest["paths"]["js/app.js"]).read_text()

    imported = re.findall(r'import\("\./([^"]+)"\)', app)

    assert imported
    assert all((collected / "js" / name).is_file() for name in imported)
    assert not {"copy.js", "leave.js"} & set(imported)


@pytest.mark.parametrize("file", source_files(), ids=lambda file: file.name)
def test_styles_know_no_left_and_no_right(file):
    physical = re.findall(
        r"[\s{;(](?:(?:m(?:in|ax)-)?(?:width|height)|(?:[a-z]+-)*(?:left|right|top|bottom))\s*:",
        re.sub(r"/\*.*?\*/|@media[^{]*", "", file.read_text(), flags=re.DOTALL),
    )

    assert physical == []
