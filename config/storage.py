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

SHEET: Final = re.compile(r"css/[^/]+\.css")
IMPORT: Final = re.compile(r'@import "(?P<path>[^"]+)" layer\((?P<layer>\w+)\);')


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped library
    """WhiteNoise's storage, which also rewrites ``import`` lines of ES modules.

    The imports of each style sheet are inlined: two dozen requests over a slow connection would
    show an unstyled page for seconds. Styles that few pages need are a sheet of their own.
    """

    support_js_module_import_aggregation = True

    def post_process(
        self,
        paths: Paths,
        dry_run: bool = False,
        **options: Any,
    ) -> Iterator[tuple[str, str, bool]]:
        """Inline the imports of the sheets that pages link to, ``css/*.css``, then hash every file."""
        if not dry_run:
            for name in filter(SHEET.fullmatch, sorted(paths)):
                sheet = ContentFile(inline_imports(name, paths))
                self.delete(name)
                self.save(name, sheet)
                paths[name] = (self, name)
        yield from super().post_process(paths, dry_run, **options)


def inline_imports(sheet: str, paths: Paths) -> str:
    """Return a sheet with each ``@import … layer(…)`` replaced by the imported layer."""
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
