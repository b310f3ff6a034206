"""Static files under names that change with their content, imports between modules included."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped library
    """WhiteNoise's storage, which also rewrites ``import`` lines of ES modules."""

    support_js_module_import_aggregation = True
