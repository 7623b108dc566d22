"""What a backup says of itself: counts, hashes, heads of the audit chains."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from xiuhua.config.backups.container import BackupDamaged


FORMAT: Final = 1
_READ: Final = 1 << 20


@dataclass
class Manifest:
    """All that must hold of what is in a backup."""

    program: str
    made_at: str
    engine: str
    tables: dict[str, int] = field(default_factory=dict)
    chains: dict[str, dict[str, Any]] = field(default_factory=dict)
    migrations: list[str] = field(default_factory=list)
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """Return how many rows all tables have together."""
        return sum(self.tables.values())

    def text(self) -> str:
        """Return the manifest as JSON."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=True)

    def anchor(self) -> str:
        """Return the heads of the chains as the file `audit_verify` reads."""
        entries = sum(int(head["count"]) for head in self.chains.values())
        return json.dumps({"entries": entries, "chains": self.chains})


def read_manifest(text: bytes) -> Manifest:
    """Return the manifest of a backup.

    Raises:
        BackupDamaged: when it is none, or of a later format.
    """
    try:
        manifest = Manifest(**json.loads(text))
    except (ValueError, TypeError) as error:
        raise BackupDamaged("the backup has no readable manifest") from error
    if manifest.format != FORMAT:
        raise BackupDamaged("the backup was made by a later program")
    return manifest


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(_READ):
            digest.update(piece)
    return digest.hexdigest()
