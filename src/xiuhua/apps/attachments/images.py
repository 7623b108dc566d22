"""Take out of a photo everything but the picture: place, time, device, previews.

A photo taken with a phone says where and when somebody stood. Evidence is of the house,
the tap, the paper; nobody's whereabouts are kept. Nothing is decoded: the file's own
segments are copied or left out, so the picture stays bit for bit what it was. Of the
metadata of a JPEG the orientation alone is kept: without it photos lie on their side.

Formats: JPEG ITU-T T.81 annex B, EXIF CIPA DC-008, PNG ISO 15948, WebP RFC 9649.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import Final

from xiuhua.apps.attachments.rules import (
    JPEG,
    PIXELS_MOST,
    PNG,
    WEBP,
    EvidenceRefused,
    Kind,
)


_EOI, _SOS, _APP1 = 0xD9, 0xDA, 0xE1
# Start of frame: C0–CF without the tables DHT (C4), JPG (C8) and DAC (CC).
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Kept of the application segments: JFIF, colour profile, Adobe's colour transform.
_KEPT_APPS: Final = ((0xE0, b"JFIF\0"), (0xE2, b"ICC_PROFILE\0"), (0xEE, b"Adobe"))
_ORIENTATION: Final = 0x0112
_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"pHYs"}
)
# Flags of VP8X that announce what is left out: EXIF (0x08) and XMP (0x04).
_WEBP_FLAGS: Final = 0x08 | 0x04
_Stripped = tuple[bytes, int, int]


def bare_picture(content: bytes, kind: Kind) -> bytes:
    """Return a photo without its metadata.

    Raises:
        EvidenceRefused: when it is damaged, or so large that showing it would hang.
    """
    try:
        bare, width, height = _BY_KIND[kind](content)
    except (IndexError, struct.error) as error:
        raise EvidenceRefused("the photo is damaged") from error
    if width < 1 or height < 1:
        raise EvidenceRefused("the photo is damaged")
    if width * height > PIXELS_MOST:
        raise EvidenceRefused(
            "the photo has more than {most} million pixels", most=PIXELS_MOST // 10**6
        )
    return bare


def _bare_jpeg(content: bytes) -> _Stripped:
    kept, size, orientation = [], (0, 0), 1
    for marker, segment in _segments(content):
        body = segment[4:]
        if marker in _FRAMES:
            size = struct.unpack(">HH", body[1:5])
        if marker == _APP1 and body.startswith(b"Exif\0\0"):
            orientation = _orientation(body[6:])
        if _is_picture(marker, body):
            kept.append(segment)
    turned = _only_orientation(orientation) if 2 <= orientation <= 8 else b""
    # What follows the end is left out: previews and films with metadata of their own.
    bare = b"\xff\xd8" + turned + b"".join(kept) + b"\xff\xd9"
    return bare, size[1], size[0]


def _is_picture(marker: int, body: bytes) -> bool:
    if 0xE0 <= marker <= 0xEF:
        return any(marker == m and body.startswith(b) for m, b in _KEPT_APPS)
    return marker != 0xFE  # a comment


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield every segment between start and end; a scan with its coded data."""
    at = 2
    while True:
        if content[at] != 0xFF:
            raise EvidenceRefused("the photo is damaged")
        marker = content[at + 1]
        if marker == 0xFF:  # padding before a marker
            at += 1
            continue
        if marker == _EOI:
            return
        end = at + 2 + struct.unpack_from(">H", content, at + 2)[0]
        if end > len(content) or end < at + 4:
            raise EvidenceRefused("the photo is damaged")
        if marker == _SOS:
            end = _end_of_scan(content, end)
        yield marker, content[at:end]
        at = end


def _end_of_scan(content: bytes, at: int) -> int:
    """Return where the next marker stands that is no part of the coded data."""
    while True:
        at = content.find(b"\xff", at)
        if at < 0:
            raise EvidenceRefused("the photo is damaged")
        after = content[at + 1]
        # A stuffed zero and the restart markers belong to the scan.
        if after != 0 and not 0xD0 <= after <= 0xD7 and after != 0xFF:
            return at
        at += 1 if after == 0xFF else 2


def _orientation(tiff: bytes) -> int:
    """Return the orientation (1–8) an EXIF block names, 1 when none can be read."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        first = struct.unpack_from(f"{order}I", tiff, 4)[0]
        count = struct.unpack_from(f"{order}H", tiff, first)[0]
        for entry in range(count):
            place = first + 2 + 12 * entry
            tag, kind = struct.unpack_from(f"{order}HH", tiff, place)
            if (tag, kind) == (_ORIENTATION, 3):
                return int(struct.unpack_from(f"{order}H", tiff, place + 8)[0])
    except struct.error:
        return 1
    return 1


def _only_orientation(orientation: int) -> bytes:
    """Return an EXIF segment that says how the photo is turned and nothing else."""
    tiff = b"MM\0*" + struct.pack(">IH", 8, 1)
    tiff += struct.pack(">HHIHH", _ORIENTATION, 3, 1, orientation, 0)
    tiff += struct.pack(">I", 0)
    body = b"Exif\0\0" + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _bare_png(content: bytes) -> _Stripped:
    kept, size, at = [_PNG_SIGNATURE], (0, 0), len(_PNG_SIGNATURE)
    while True:
        length, name = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            raise EvidenceRefused("the photo is damaged")
        if name == b"IHDR":
            size = struct.unpack_from(">II", content, at + 8)
        if name in _PNG_KEPT:
            kept.append(content[at:end])
        if name == b"IEND":
            return b"".join(kept), size[0], size[1]
        at = end


def _bare_webp(content: bytes) -> _Stripped:
    kept, size, at = [], (0, 0), 12
    end_of_all = min(len(content), 8 + struct.unpack_from("<I", content, 4)[0])
    while at < end_of_all:
        name, length = struct.unpack_from("<4sI", content, at)
        body = content[at + 8 : at + 8 + length]
        if len(body) < length:
            raise EvidenceRefused("the photo is damaged")
        size = size if size[0] else _webp_size(name, body)
        if name == b"VP8X":
            body = bytes([body[0] & ~_WEBP_FLAGS]) + body[1:]
        if name not in (b"EXIF", b"XMP "):
            padding = b"\0" * (length % 2)
            kept.append(struct.pack("<4sI", name, length) + body + padding)
        at += 8 + length + length % 2
    inside = b"WEBP" + b"".join(kept)
    return b"RIFF" + struct.pack("<I", len(inside)) + inside, size[0], size[1]


def _webp_size(name: bytes, body: bytes) -> tuple[int, int]:
    if name == b"VP8X":
        width = int.from_bytes(body[4:7], "little") + 1
        return width, int.from_bytes(body[7:10], "little") + 1
    if name == b"VP8 ":
        width, height = struct.unpack_from("<HH", body, 6)
        return width & 0x3FFF, height & 0x3FFF
    if name == b"VP8L":
        bits = struct.unpack_from("<I", body, 1)[0]
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    return 0, 0


_BY_KIND: Final[dict[Kind, Callable[[bytes], _Stripped]]] = {
    JPEG: _bare_jpeg,
    PNG: _bare_png,
    WEBP: _bare_webp,
}
