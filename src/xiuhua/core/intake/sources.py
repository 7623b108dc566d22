"""The files of a source: found, named after what they hold, looked at, hashed."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final

from xiuhua.core.errors import Place, XiuhuaError
from xiuhua.core.intake.headers import sheet_level


class FileForm(Enum):
    """The forms a file may have; decided by its ending and held to by its bytes."""

    XLSX = "xlsx"
    XLS = "xls"
    CSV = "csv"
    PARQUET = "parquet"


@dataclass(frozen=True)
class InputFile:
    """A file that was read: its name within the source, its SHA-256 and its size."""

    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class SourceFile:
    """A file to be read."""

    path: Path
    name: str
    form: FileForm


class SourceNotFound(XiuhuaError):
    """There is no file or folder of that name, or nothing readable in it."""

    code = "intake.source_not_found"


class NotWhatItSays(XiuhuaError):
    """The bytes of a file are not what its ending promises."""

    code = "intake.not_what_it_says"


class FileLocked(XiuhuaError):
    """A workbook is encrypted."""

    code = "intake.file_locked"


_FORMS: Final = {
    ".xlsx": FileForm.XLSX,
    ".xlsm": FileForm.XLSX,
    ".xls": FileForm.XLS,
    ".csv": FileForm.CSV,
    ".tsv": FileForm.CSV,
    ".txt": FileForm.CSV,
    ".parquet": FileForm.PARQUET,
}
TABLE_ENDINGS: Final = frozenset(_FORMS)
"""Endings of the files that can be read, in small letters."""
_MISMATCHES: Final[dict[FileForm | None, str]] = {
    FileForm.XLSX: "the ending is {ending}, but the file holds a new workbook or a zip",
    FileForm.XLS: "the ending is {ending}, but the file holds an old Excel workbook",
    FileForm.PARQUET: "the ending is {ending}, but the file holds a Parquet file",
    FileForm.CSV: "the ending is {ending}, but the file holds plain text",
    None: "the ending is {ending}, but the file holds unknown bytes",
}
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PARQUET: Final = b"PAR1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")


def find_files(source: Path) -> tuple[SourceFile, ...]:
    """Return the files of a source in the order of their names.

    Where some are named after a level (户, 人, 村; household, person, village), the
    others are not of the registry and stay unread.

    Raises:
        SourceNotFound: when there is nothing to read.
        NotWhatItSays: when a file is not what its ending promises.
        FileLocked: when a workbook is encrypted.
    """
    paths = _named_after_levels(_readable(source))
    if not paths:
        raise SourceNotFound(
            "no workbook, CSV or Parquet file to read",
            where=Place(source.name),
            hint="name a workbook or a folder of files",
        )
    files = tuple(SourceFile(p, p.name, _form(p)) for p in paths)
    for file in files:
        _look_at(file)
    return files


def unread_files(source: Path, files: tuple[SourceFile, ...]) -> tuple[str, ...]:
    """Return the names of the tables in a folder that `find_files` passed over."""
    read = {file.name for file in files}
    return tuple(p.name for p in _readable(source) if p.name not in read)


def hashed(file: SourceFile) -> InputFile:
    """Return name, SHA-256 and size of a file."""
    with file.path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return InputFile(file.name, digest, file.path.stat().st_size)


def _readable(source: Path) -> list[Path]:
    if not source.is_dir():
        return [source] if source.is_file() else []
    return sorted(
        path
        for path in source.iterdir()
        if path.suffix.lower() in _FORMS and not path.name.startswith((".", "~$"))
    )


def _named_after_levels(paths: list[Path]) -> list[Path]:
    return [path for path in paths if sheet_level(path.stem)] or paths


def _form(path: Path) -> FileForm:
    form = _FORMS.get(path.suffix.lower())
    if form is None:
        raise NotWhatItSays(
            "this kind of file cannot be read",
            where=Place(path.name),
            hint="save it as .xlsx, .csv or .parquet",
        )
    return form


def _look_at(file: SourceFile) -> None:
    """Hold the first bytes of a file against its ending."""
    with file.path.open("rb") as stream:
        head = stream.read(8192)
    where = Place(file.name)
    if not head:
        raise NotWhatItSays("the file is empty", where=where)
    if head.startswith(_OLE) and _is_encrypted(file.path):
        raise FileLocked(
            "the workbook is protected by a password",
            where=where,
            hint="save it without a password",
        )
    if _found_form(head) is not file.form:
        raise NotWhatItSays(
            _mismatch(head),
            where=where,
            hint="open it and save it as .xlsx",
            ending=file.path.suffix,
        )


def _is_encrypted(path: Path) -> bool:
    """An encrypted .xlsx is a compound file with a stream named EncryptedPackage."""
    with path.open("rb") as stream:
        return _ENCRYPTED in stream.read(1 << 20)


def _found_form(head: bytes) -> FileForm | None:
    if head.startswith(_ZIP):
        return FileForm.XLSX
    if head.startswith(_OLE):
        return FileForm.XLS
    if head.startswith(_PARQUET):
        return FileForm.PARQUET
    return None if b"\0" in head or _is_markup(head) else FileForm.CSV


def _is_markup(head: bytes) -> bool:
    return head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def _mismatch(head: bytes) -> str:
    if _is_markup(head):
        return "the ending is {ending}, but the file holds a web page or XML"
    return _MISMATCHES[_found_form(head)]
