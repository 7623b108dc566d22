"""Where style and script lie once collected: names with a digest, packed beforehand."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Name files by their content; a file nobody collected keeps its plain name.

    So a page asked for before `collectstatic` ran lacks its style, but is shown.
    """

    manifest_strict = False
