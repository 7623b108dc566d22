"""Sealed files open only where they belong, and only whole."""

import io
from pathlib import Path

import pytest

from xiuhua.sealing.files import FileSealBroken, open_stream, opened_file, seal_stream
from xiuhua.sealing.keys import KeyRing


KEYS = KeyRing({"v1": b"1" * 32, "v2": b"2" * 32}, "v2", b"i" * 32)
PIECE = 1 << 22


def sealed(data: bytes, keys: KeyRing = KEYS) -> bytes:
    out = io.BytesIO()
    seal_stream(io.BytesIO(data), out, place="a/b", keys=keys)
    return out.getvalue()


def opened(data: bytes, place: str = "a/b", keys: KeyRing = KEYS) -> bytes:
    out = io.BytesIO()
    open_stream(io.BytesIO(data), out, place=place, keys=keys)
    return out.getvalue()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE + 5])
def test_every_size_comes_back(size):
    data = bytes(range(256)) * (size // 256) + b"x" * (size % 256)

    assert opened(sealed(data)) == data


def test_the_plain_text_shows_nowhere_and_each_seal_is_new():
    assert b"household" not in sealed(b"household" * 100)
    assert sealed(b"a") != sealed(b"a")


def test_an_old_key_still_opens():
    old = KeyRing({"v1": b"1" * 32}, "v1", b"i" * 32)

    assert opened(sealed(b"old", old)) == b"old"


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: data[:24] + data[24 + PIECE + 28 :],
        lambda data: data[:24] + data[24 + PIECE + 28 :] + data[24 : 24 + PIECE + 28],
        lambda data: data[:100] + bytes([data[100] ^ 1]) + data[101:],
        lambda data: b"no seal at all",
        lambda data: b"",
    ],
)
def test_what_was_changed_does_not_open(change):
    data = sealed(b"x" * (2 * PIECE + 3))

    with pytest.raises(FileSealBroken):
        opened(change(data))


def test_a_file_of_another_place_or_without_its_key_does_not_open(tmp_path: Path):
    with pytest.raises(FileSealBroken):
        opened(sealed(b"x"), place="a/c")
    with pytest.raises(FileSealBroken):
        opened(sealed(b"x"), keys=KeyRing({"v1": b"1" * 32}, "v1", b"i" * 32))
    with pytest.raises(FileSealBroken):
        opened_file(tmp_path / "missing", place="a/b", keys=KEYS)
