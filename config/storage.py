"""Static files under names that change with their content, imports between modules included."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.core.files.storage import Storage

    Paths = dict[str, tuple[Storage, str]]

SHEETS: Final = ("css/app.css", "css/room.css", "css/week.css")
UNUSED: Final = "django_htmx/ext/"
IMPORT: Final = re.compile(r'@import "(?P<path>[^"]+)" layer\((?P<layer>\w+)\);')


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped library
    """WhiteNoise's storage, which also rewrites ``import`` lines of ES modules.

    Each sheet of styles is folded into one file: two dozen requests on a slow line would show a
    bare page for seconds. What few pages need has a sheet of its own, so that the others are light.
    """

    support_js_module_import_aggregation = True

    def post_process(
        self,
        paths: Paths,
        dry_run: bool = False,
        **options: Any,
    ) -> Iterator[tuple[str, str, bool]]:
        """Fold the sheets, then give every file its name, but for htmx's unused extensions.

        Those import modules that are not there, which ends collectstatic.
        """
        paths = {name: found for name, found in paths.items() if not name.startswith(UNUSED)}
        if not dry_run:
            for name in paths.keys() & SHEETS:
                sheet = ContentFile(fold(name, paths))
                self.delete(name)
                self.save(name, sheet)
                paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)


def fold(sheet: str, paths: Paths) -> str:
    """Return a sheet with each of its imports replaced by the layer that it imports."""
    folder = sheet.rpartition("/")[0]

    def layer(found: re.Match[str]) -> str:
        imported = _read(paths, f"{folder}/{found['path']}")
        return f"@layer {found['layer']} {{\n{imported}}}\n"

    return IMPORT.sub(layer, _read(paths, sheet))


def _read(paths: Paths, name: str) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        content: bytes = file.read()
    return content.decode()
