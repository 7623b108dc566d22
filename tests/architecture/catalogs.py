"""The catalogs of the repository, all areas together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from tests.architecture.tree import SOURCE


NOT_OURS = {"click", "django"}


def own_files() -> list[Path]:
    """Return the catalogs the core, the command line and all errors are worded by."""
    folder = SOURCE / "locale" / "zh_Hans" / "LC_MESSAGES"
    return sorted(p for p in folder.glob("*.po") if p.stem not in NOT_OURS)


def django_files() -> list[Path]:
    """Return the catalogs pages and apps are worded by."""
    return sorted(SOURCE.glob("**/LC_MESSAGES/django.po"))


def messages(files: list[Path]) -> Iterator[Message]:
    """Yield every message of some catalogs."""
    for path in files:
        with path.open("rb") as file:
            yield from (m for m in read_po(file) if m.id)
