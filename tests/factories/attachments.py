"""Attachments, made by their only writer, and the smallest files of each kind."""

from __future__ import annotations

import hashlib
import io
import struct
import zipfile
import zlib
from itertools import count
from typing import Any

from tests.factories.accounts import make_post
from tests.factories.moments import NOON
from tests.factories.regions import make_region

from xiuhua.apps.attachments import services as attachments
from xiuhua.apps.attachments.models import Attachment
from xiuhua.apps.attachments.rules import Sent, Subject
from xiuhua.core.dictionary.model import Mask


VILLAGE = "990101101201"
HOUSEHOLD = Subject("registry.household", "17", VILLAGE)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
# Where, when and with what a photo was taken, as phones write it.
PLACE = b"GPS 30.2500N 120.1667E 2019:06:23 MakerOfPhones"
_keys = count(1)


def jpeg(*, orientation: int = 6, extra: bytes = b"", trailer: bytes = b"") -> bytes:
    """Return a JPEG of 8 × 8 pixels with EXIF, XMP, IPTC and a comment."""
    tiff = b"MM\0*" + struct.pack(">IH", 8, 1)
    tiff += struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0) + b"\0\0\0\0" + PLACE
    frame = struct.pack(">BHHB", 8, 8, 8, 1) + b"\x01\x11\0"
    scan = b"\x01\x01\0\0\x3f\0"
    return b"".join(
        [
            b"\xff\xd8",
            _segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
            _segment(0xE1, b"Exif\0\0" + tiff),
            _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + PLACE),
            _segment(0xED, b"Photoshop 3.0\0" + PLACE),
            _segment(0xFE, PLACE),
            extra,
            _segment(0xDB, b"\0" + b"\x01" * 64),
            _segment(0xC0, frame),
            _segment(0xC4, b"\0\x01" + b"\0" * 15 + b"\0"),
            _segment(0xDA, scan) + b"\x12\xff\x00\x34\xff\xd0\x56",
            b"\xff\xd9",
            trailer,
        ]
    )


def png(width: int = 2, height: int = 2) -> bytes:
    """Return a PNG with a text and an EXIF chunk."""
    rows = zlib.compress(b"".join(b"\0" + b"\x7f" * min(width, 2) for _ in range(2)))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"tEXt", b"Location\0" + PLACE), (b"eXIf", PLACE)]
    chunks += [(b"IDAT", rows), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*c) for c in chunks)


def webp() -> bytes:
    """Return a WebP whose extended header announces EXIF and XMP."""
    parts = [
        (b"VP8X", bytes([0x0C, 0, 0, 0]) + b"\x01\0\0" + b"\x01\0\0"),
        (b"VP8L", b"\x2f" + struct.pack("<I", 1 | 1 << 14)),
        (b"EXIF", PLACE),
        (b"XMP ", PLACE),
    ]
    inside = b"WEBP" + b"".join(
        n + struct.pack("<I", len(b)) + b + b"\0" * (len(b) % 2) for n, b in parts
    )
    return b"RIFF" + struct.pack("<I", len(inside)) + inside


def archive(*names: str, content: bytes = b"<x/>") -> bytes:
    """Return an archive with entries of these names."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, content)
    return held.getvalue()


def sent(content: bytes, *, name: str = "饮水.jpg", key: str = "") -> Sent:
    """Return what a sender says of a file."""
    key = key or f"sending-{next(_keys):012}"
    return Sent(key, name, hashlib.sha256(content).hexdigest(), len(content))


def make_attachment(content: bytes = PDF, **said: Any) -> Attachment:
    """Attach a file to household 17 of the made-up village."""
    make_region(VILLAGE)
    usual = {"sent": sent(content), "subject": HOUSEHOLD, "mask": Mask.PERSONAL}
    usual |= {"at": NOON}
    if "by" not in said:
        usual["by"] = make_post("township_clerk", VILLAGE[:9])
    return attachments.attachment_add(content=content, **usual | said)


def _segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def _chunk(name: bytes, body: bytes) -> bytes:
    check = zlib.crc32(name + body)
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", check)
