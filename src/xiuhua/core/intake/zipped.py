"""An archive of tables (CSV files of a national export, zipped) unpacked with limits.

Only tables are taken, under their own names without folders; everything else in the
archive is left in it. What the directory claims is not believed: bytes are counted as
they come out.
"""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Final

from xiuhua.core.errors import Place, XiuhuaError
from xiuhua.core.intake.sources import TABLE_ENDINGS


MAX_TABLES: Final = 50
MAX_BYTES: Final = 2 << 30
_CHUNK: Final = 1 << 20
_UTF8_NAMES: Final = 0x800


class ZipRefused(XiuhuaError):
    """A zip archive is damaged, holds no table, or is out of all measure."""

    code = "intake.zip_refused"


def unpack_tables(path: Path, folder: Path, *, max_bytes: int = MAX_BYTES) -> None:
    """Write the tables of an archive into an empty folder.

    Raises:
        ZipRefused: damaged, protected, without a table, two tables of one name, or
            more files or bytes than a registry can need.
    """
    where = Place(path.name)
    try:
        with zipfile.ZipFile(path) as archive:
            tables = _tables(archive, where)
            left = max_bytes
            for entry, name in tables.items():
                left -= _unpacked(archive, entry, folder / name, left, where)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError) as error:
        raise ZipRefused(
            "the zip archive is damaged or was not copied to its end",
            where=where,
            hint="copy it again or pack it once more",
        ) from error
    except (NotImplementedError, RuntimeError, EOFError) as error:
        raise ZipRefused(
            "the zip archive is packed in a way that cannot be read",
            where=where,
            hint="pack it as an ordinary zip without a password",
        ) from error


def _tables(archive: zipfile.ZipFile, where: Place) -> dict[zipfile.ZipInfo, str]:
    found: dict[zipfile.ZipInfo, str] = {}
    for entry in archive.infolist():
        name = PurePosixPath(_name(entry).replace("\\", "/")).name
        hidden = name.startswith((".", "~$", "__MACOSX"))
        if PurePosixPath(name).suffix.lower() in TABLE_ENDINGS and not hidden:
            found[entry] = name
    if not found:
        raise ZipRefused("the zip archive holds no table", where=where)
    if len(found) > MAX_TABLES or len(set(found.values())) < len(found):
        raise ZipRefused(
            "the zip archive holds too many tables or two of one name", where=where
        )
    return found


def _name(entry: zipfile.ZipInfo) -> str:
    """The name; archives of Chinese Windows keep it in GB 18030 and do not say so."""
    if entry.flag_bits & _UTF8_NAMES:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return entry.filename


def _unpacked(
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    target: Path,
    left: int,
    where: Place,
) -> int:
    """Write one table; return its bytes."""
    total = 0
    with archive.open(entry) as packed, target.open("wb") as out:
        while chunk := packed.read(_CHUNK):
            total += len(chunk)
            if total > left:
                raise ZipRefused(
                    "the archive would grow beyond measure when opened", where=where
                )
            out.write(chunk)
    return total
