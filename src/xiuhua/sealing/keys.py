"""The keys of sealed texts: several to open with, the newest to seal with.

A key file holds one line per key, `<name>:<base64 of 32 bytes>`. Keys named `v1`,
`v2`, … seal; the line `index` is the key of the blind indexes, which is never changed
without writing all indexes anew.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from dataclasses import dataclass, field
from typing import Final

from xiuhua.core.errors import XiuhuaError


KEY_BYTES: Final = 32
_INDEX: Final = "index"
_VERSION: Final = re.compile(r"v[1-9][0-9]{0,3}")


class KeyFileBroken(XiuhuaError):
    """The file of keys cannot be read, or lacks a key it must have."""

    code = "sealing.key_file_broken"


@dataclass(frozen=True)
class KeyRing:
    """Sealing keys by version, the version to seal with, and the index key."""

    versions: dict[str, bytes] = field(repr=False)
    current: str
    index: bytes = field(repr=False)


def new_key_file() -> str:
    """Return the text of a key file with a first key and an index key."""
    return f"v1:{_new_key()}\n{_INDEX}:{_new_key()}\n"


def with_new_version(text: str) -> str:
    """Return the text of a key file with one more key, which seals from now on."""
    newest = max(int(version[1:]) for version in parsed_keys(text).versions)
    return f"{text.rstrip()}\nv{newest + 1}:{_new_key()}\n"


def parsed_keys(text: str) -> KeyRing:
    """Return the keys of a key file; the highest version seals.

    Raises:
        KeyFileBroken: when a line cannot be read, a name stands twice or the index key
            or every sealing key is missing. Keys are never repeated in the message.
    """
    keys: dict[str, bytes] = {}
    for number, line in enumerate(filter(None, map(str.strip, text.split("\n"))), 1):
        name, _, encoded = line.partition(":")
        key = _decoded(encoded)
        known = name == _INDEX or _VERSION.fullmatch(name)
        if key is None or not known or name in keys:
            raise KeyFileBroken("line {number} of the key file", number=number)
        keys[name] = key
    index = keys.pop(_INDEX, None)
    if index is None or not keys:
        raise KeyFileBroken("the key file lacks the index key or a sealing key")
    return KeyRing(keys, max(keys, key=lambda name: int(name[1:])), index)


def _new_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")


def _decoded(encoded: str) -> bytes | None:
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return None
    return key if len(key) == KEY_BYTES else None
