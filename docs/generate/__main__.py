"""`python -m docs.generate`: write docs/reference anew."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

import django
from docs.generate.pages import reference_pages


REFERENCE: Final = Path(__file__).parents[1] / "reference"


def write(folder: Path = REFERENCE) -> int:
    """Write every page, remove pages that are no more, return how many there are."""
    pages = reference_pages()
    for path in folder.rglob("*.md"):
        if path.relative_to(folder).as_posix() not in pages:
            path.unlink()
    for name, text in pages.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
    return len(pages)


if __name__ == "__main__":
    # The commands of the server can be read only from an application that is set up.
    with tempfile.TemporaryDirectory() as folder:
        os.environ["XIUHUA_DATA_DIR"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "xiuhua.config.settings"
        django.setup()
        write()
