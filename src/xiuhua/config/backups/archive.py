"""Pack the files of an installation into a backup, and unpack them, verified."""

from __future__ import annotations

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Final

from xiuhua.config.backups.container import BackupDamaged, OpeningReader, SealingWriter
from xiuhua.config.backups.manifest import Manifest, digest_of, read_manifest


MANIFEST: Final = "manifest.json"
DATABASE: Final = "database"
# Made anew by every start, or of this machine alone; the database comes as a copy.
NOT_PACKED: Final = (
    "static",
    "logs",
    "locks",
    "backups",
    "restoring",
    "xiuhua.sqlite3",
)
# Working folders of ours begin so.
WORKING: Final = (".", "replaced-")


def packed_files(folder: Path, *, apart_from: Path) -> Iterator[tuple[str, Path]]:
    """Yield what of a data folder belongs into a backup, by its name there.

    Everything does unless it is known not to: a folder nobody thought of is kept.
    """
    for entry in sorted(folder.iterdir()):
        hidden = entry.name.startswith((*WORKING, "xiuhua.sqlite3-"))
        if hidden or entry.name in NOT_PACKED or entry == apart_from:
            continue
        inside = sorted(entry.rglob("*")) if entry.is_dir() else [entry]
        for path in inside:
            if path.is_file() and not path.is_symlink():
                yield path.relative_to(folder).as_posix(), path


def pack(
    target: IO[bytes],
    *,
    passphrase: str,
    dump: Path,
    files: Iterator[tuple[str, Path]],
    manifest: Manifest,
) -> None:
    """Write a backup: the dump, the files, and last what they must be."""
    sealing = SealingWriter(target, passphrase)
    with tarfile.open(fileobj=sealing, mode="w|", format=tarfile.PAX_FORMAT) as tar:
        for name, path in [(DATABASE, dump), *files]:
            place = name if path == dump else f"files/{name}"
            said = _add(tar, place, path)
            if said is not None:
                manifest.files[place] = said
        text = manifest.text().encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(text)
        tar.addfile(info, io.BytesIO(text))
    sealing.seal()


def _add(tar: tarfile.TarFile, place: str, path: Path) -> dict[str, object] | None:
    """Add a file as it is now; return its size and hash, None when it is gone."""
    try:
        source = path.open("rb")
    except FileNotFoundError:
        # Erased since the list was made, by an act that is in the copy or after it.
        return None
    with source:
        info = tarfile.TarInfo(place)
        info.size = os.fstat(source.fileno()).st_size
        info.mode = 0o600
        reading = _Hashing(source)
        tar.addfile(info, reading)
    return {"bytes": info.size, "sha256": reading.digest.hexdigest()}


class _Hashing:
    """A file that is read and hashed at once."""

    def __init__(self, source: IO[bytes]):
        self._source = source
        self.digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes."""
        data = self._source.read(size)
        self.digest.update(data)
        return data


def unpack(path: Path, *, passphrase: str, folder: Path) -> Manifest:
    """Write the content of a backup into an empty folder, every byte verified.

    Raises:
        BackupDamaged: when it is not whole; nothing outside the folder was touched.
        PassphraseWrong: when the passphrase is not the one.
    """
    manifest: Manifest | None = None
    with path.open("rb") as source:
        reader = OpeningReader(source, passphrase, path=path)
        try:
            with tarfile.open(fileobj=reader, mode="r|") as tar:
                for member in tar:
                    content = tar.extractfile(member)
                    if content is None:
                        raise BackupDamaged("the backup holds more than files")
                    if member.name == MANIFEST:
                        manifest = read_manifest(content.read())
                    else:
                        _written(content, folder / _safe(member.name))
        except tarfile.TarError as error:
            raise BackupDamaged("the backup is cut off or was changed") from error
        reader.drain()
    if manifest is None:
        raise BackupDamaged("the backup has no readable manifest")
    _compared(folder, manifest)
    return manifest


def _safe(name: str) -> PurePosixPath:
    place = PurePosixPath(name)
    if place.is_absolute() or ".." in place.parts:
        raise BackupDamaged("the backup holds more than files")
    return place


def _written(content: IO[bytes], target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        while piece := content.read(1 << 20):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())


def _compared(folder: Path, manifest: Manifest) -> None:
    found = {
        p.relative_to(folder).as_posix(): {
            "bytes": p.stat().st_size,
            "sha256": digest_of(p),
        }
        for p in folder.rglob("*")
        if p.is_file()
    }
    if found != manifest.files:
        raise BackupDamaged("the files are not those of the manifest")
