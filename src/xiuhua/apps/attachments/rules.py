"""Decide which files are taken as evidence, for what, and how many.

What a file is, its content says, never its name. No database, no clock, no settings.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass
from typing import Final

from xiuhua.core.dictionary.model import Mask
from xiuhua.core.errors import XiuhuaError


MEGABYTE: Final = 1 << 20
# What a browser can show without trouble; cameras of phones stay below.
PIXELS_MOST: Final = 80_000_000
MASKS: Final = (Mask.PERSONAL, Mask.SECRET)
_NAME_MOST: Final = 100
_ENTRIES_MOST: Final = 2000
_UNPACKED_MOST: Final = 200 * MEGABYTE
_SUBJECT_KIND: Final = re.compile(r"[a-z]+\.[a-z_]+")
_KEY: Final = re.compile(r"[0-9A-Za-z-]{16,64}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


class EvidenceRefused(XiuhuaError):
    """A file is not taken as evidence; says why."""

    code = "attachments.evidence_refused"


class SubjectUnfit(XiuhuaError):
    """What a file is to be attached to is not named as it must be."""

    code = "attachments.subject_unfit"


class KeyTaken(XiuhuaError):
    """The key of a sending was used before for another file."""

    code = "attachments.key_taken"


class ReasonMissing(XiuhuaError):
    """A secret file is opened, or a file removed, for a reason that is recorded."""

    code = "attachments.reason_missing"


@dataclass(frozen=True)
class Kind:
    """A kind of file: its code, its media type and the ending of its name."""

    code: str
    media_type: str
    ending: str


@dataclass(frozen=True)
class Subject:
    """What a file is about: kind and id as text, and the region it lies in.

    The kind is `<app>.<noun>`, as in the audit; the app may stand above this one.
    """

    kind: str
    id: str
    region: str


@dataclass(frozen=True)
class Limits:
    """How large a file may be and how many may hang on one subject."""

    bytes_most: int
    files_most: int


@dataclass(frozen=True)
class Sent:
    """A file as it was sent: key of the sending, name, body's digest and size."""

    key: str
    name: str
    digest: str
    size: int


JPEG: Final = Kind("jpeg", "image/jpeg", ".jpg")
PNG: Final = Kind("png", "image/png", ".png")
WEBP: Final = Kind("webp", "image/webp", ".webp")
PDF: Final = Kind("pdf", "application/pdf", ".pdf")
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
DOCX: Final = Kind("docx", f"{_OFFICE}wordprocessingml.document", ".docx")
XLSX: Final = Kind("xlsx", f"{_OFFICE}spreadsheetml.sheet", ".xlsx")
OFD: Final = Kind("ofd", "application/ofd", ".ofd")
KINDS: Final = {k.code: k for k in (JPEG, PNG, WEBP, PDF, DOCX, XLSX, OFD)}
IMAGES: Final = frozenset({JPEG, PNG, WEBP})
# The entry that makes an archive a document of the kind.
_INSIDE: Final = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "OFD.xml": OFD}


def kind_of(content: bytes) -> Kind:
    """Return what a file is, by its content.

    Raises:
        EvidenceRefused: when it is of no kind that is taken.

    >>> kind_of(b"%PDF-1.7 ...").media_type
    'application/pdf'
    """
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return _kind_of_archive(content)
    raise EvidenceRefused(
        "this kind of file is not taken",
        hint="send a photo (JPEG, PNG, WebP), a PDF, an OFD or a document of "
        "Word or Excel; set the phone's camera to JPEG",
    )


def check_size(size: int, limits: Limits) -> None:
    """Refuse an empty file and one that is too large.

    Raises:
        EvidenceRefused: when it is either.
    """
    if size < 1:
        raise EvidenceRefused("the file is empty")
    if size > limits.bytes_most:
        raise EvidenceRefused(
            "the file is larger than {most} MB", most=limits.bytes_most // MEGABYTE
        )


def check_count(count: int, limits: Limits) -> None:
    """Refuse one file more than may hang on a subject.

    Raises:
        EvidenceRefused: when there are as many as there may be.
    """
    if count >= limits.files_most:
        raise EvidenceRefused(
            "there are {most} files already; remove one first", most=limits.files_most
        )


def check_subject(subject: Subject) -> None:
    """Refuse a subject that is not named as it must be.

    Raises:
        SubjectUnfit: when its kind is not `<app>.<noun>` or its id is empty.
    """
    fits = _SUBJECT_KIND.fullmatch(subject.kind) and 0 < len(subject.id) <= 100
    if not fits or not subject.region:
        raise SubjectUnfit("name what the file is about by kind, id and region")


def check_sent(sent: Sent) -> None:
    """Refuse a sending whose key or digest cannot be one.

    Raises:
        EvidenceRefused: when the key is no key or the digest no SHA-256.
    """
    if not _KEY.fullmatch(sent.key) or not _DIGEST.fullmatch(sent.digest):
        raise EvidenceRefused("the sending has no valid key or digest")


def check_reason(reason: str) -> str:
    """Return a reason without space around it.

    Raises:
        ReasonMissing: when it says nothing.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissing("give a reason: it is recorded")
    return reason


def shown_name(name: str, kind: Kind) -> str:
    """Return a file's name fit for a page and a header, with its kind's ending.

    >>> shown_name("..\\\\..\\\\饮水照片.PNG.exe", JPEG)
    '饮水照片.PNG.jpg'
    """
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C")
    kept = re.sub(r'[<>:"|?*;%]', "", kept)
    stem = kept.rpartition(".")[0] or kept
    return (stem.strip(" .")[:_NAME_MOST] or "file") + kind.ending


def _kind_of_archive(content: bytes) -> Kind:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise EvidenceRefused("the file is damaged") from error
    names = {entry.filename for entry in entries}
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > _ENTRIES_MOST or unpacked > _UNPACKED_MOST:
        raise EvidenceRefused("unpacked, the file would be too large")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise EvidenceRefused("the document holds macros")
    for inside, kind in _INSIDE.items():
        if inside in names:
            return kind
    raise EvidenceRefused("an archive is not taken", hint="send the files one by one")
