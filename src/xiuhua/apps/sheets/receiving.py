"""Read what was sent, or read it again, before anything is written."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass

from xiuhua.apps.sheets import store
from xiuhua.apps.sheets.kinds import Kind, kind_get
from xiuhua.apps.sheets.models import HeadMapping, Sheet
from xiuhua.apps.sheets.reading import Reading, SheetUnreadable, read
from xiuhua.apps.sheets.rules import AT_ONCE_BYTES, MOST_BYTES
from xiuhua.core.errors import Place


@dataclass(frozen=True)
class Received:
    """A file as it was sent, and what was read in it; None is left to a worker."""

    name: str
    data: bytes
    usual: Mapping[str, str]
    reading: Reading | None

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the file."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def stream(self) -> io.BytesIO:
        """Return the bytes to be kept."""
        return io.BytesIO(self.data)


def received(
    kind: Kind, data: bytes, *, name: str, usual: Mapping[str, str], region: str
) -> Received:
    """Return what a file holds, by the heads of the kind and those remembered.

    `usual` is what empty cells of some columns say. A large file is not read yet.

    Raises:
        SheetUnreadable: when it is too large or holds no list.
        XiuhuaError: when the file is damaged or not what its ending promises.
    """
    if len(data) > MOST_BYTES:
        raise SheetUnreadable(
            "the file is larger than {most} MB",
            where=Place(file=name),
            hint="split the list, by township for example",
            most=MOST_BYTES >> 20,
        )
    if len(data) > AT_ONCE_BYTES:
        return Received(name, data, usual, None)
    mappings = _remembered(kind, region)
    with store.plain(data, name) as path:
        reading = read(path, kind, name=name, usual=usual, mappings=mappings)
    return Received(name, data, usual, reading)


def read_again(
    sheet: Sheet, *, mapped: Mapping[str, Mapping[str, str]] | None = None
) -> Reading:
    """Return what the kept file of a sheet holds; `mapped` adds to what is remembered.

    Raises:
        FileSealBroken: when the file has been erased.
        SheetUnreadable: when nothing in it is a list.
    """
    kind = kind_get(sheet.kind)
    mappings = {**_remembered(kind, sheet.region_id), **(mapped or {})}
    with store.plain(store.content(sheet.key), sheet.source) as path:
        return read(
            path,
            kind,
            name=sheet.source,
            usual=sheet.usual,
            mappings=mappings,
        )


def _remembered(kind: Kind, region: str) -> dict[str, Mapping[str, str]]:
    found = HeadMapping.objects.filter(kind=kind.code, region_id=region)
    return {one.fingerprint: one.columns for one in found}
