"""Seal a text with AES-256-GCM and index it blindly with HMAC-SHA256.

The place (`registry.person.id_number`) is bound into both: a sealed text moved to
another column does not open, and equal numbers in two columns have unequal indexes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from xiuhua.core.errors import XiuhuaError
from xiuhua.sealing.keys import KeyRing


# 96 bits, the size GCM is made for (NIST SP 800-38D, 5.2.1.1).
_NONCE_BYTES: Final = 12


class SealBroken(XiuhuaError):
    """A sealed text does not open: damaged, moved, or its key is not in the file."""

    code = "sealing.seal_broken"


def sealed(text: str, *, place: str, keys: KeyRing) -> str:
    """Return a text sealed with the newest key, `<version>:<base64>`.

    The same text is sealed differently every time.
    """
    nonce = secrets.token_bytes(_NONCE_BYTES)
    box = AESGCM(keys.versions[keys.current])
    closed = box.encrypt(nonce, text.encode("utf-8"), _bound(keys.current, place))
    return f"{keys.current}:{base64.b64encode(nonce + closed).decode('ascii')}"


def opened(closed: str, *, place: str, keys: KeyRing) -> str:
    """Return the text of a sealed one.

    Raises:
        SealBroken: when it was changed, belongs elsewhere or its key is missing.
    """
    version, _, encoded = closed.partition(":")
    key = keys.versions.get(version)
    if key is None:
        raise SealBroken("no key opens the sealed text of {place}", place=place)
    try:
        raw = base64.b64decode(encoded, validate=True)
        nonce, body = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
        return AESGCM(key).decrypt(nonce, body, _bound(version, place)).decode("utf-8")
    except (binascii.Error, InvalidTag, ValueError) as error:
        raise SealBroken(
            "the sealed text of {place} does not open", place=place
        ) from error


def is_current(closed: str, *, keys: KeyRing) -> bool:
    """Test whether a sealed text was sealed with the newest key."""
    return closed.startswith(f"{keys.current}:")


def blind_index(text: str, *, place: str, keys: KeyRing) -> str:
    """Return what equal texts of one place have in common, 64 hexadecimal digits."""
    message = f"{place}\0{text}".encode()
    return hmac.new(keys.index, message, hashlib.sha256).hexdigest()


def _bound(version: str, place: str) -> bytes:
    return f"{version}\0{place}".encode()
