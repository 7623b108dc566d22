"""A sealed file opens whole with its passphrase, or not at all."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiuhua.config.backups.archive import DATABASE, pack, packed_files, unpack
from xiuhua.config.backups.container import (
    MAGIC,
    PIECE,
    BackupDamaged,
    OpeningReader,
    PassphraseWrong,
    SealingWriter,
)
from xiuhua.config.backups.manifest import Manifest


WORDS = "twelve characters or more"
WHERE = Path("a.xhb")


def sealed(content: bytes, words: str = WORDS) -> bytes:
    target = io.BytesIO()
    writer = SealingWriter(target, words)
    writer.write(content)
    writer.seal()
    return target.getvalue()


def opened(file: bytes, words: str = WORDS) -> bytes:
    reader = OpeningReader(io.BytesIO(file), words, path=WHERE)
    return reader.read()


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_is_sealed_opens(size):
    content = bytes(i % 251 for i in range(size))

    file = sealed(content)

    assert opened(file) == content
    assert size < 20 or content[:20] not in file


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_flipped_bit_or_a_cut_is_refused(data):
    file = bytearray(SAMPLE)
    if data.draw(st.booleans()):
        file = file[: data.draw(st.integers(0, len(file) - 1))]
    else:
        bit = data.draw(st.integers(0, 8 * len(file) - 1))
        file[bit // 8] ^= 1 << bit % 8

    with pytest.raises((BackupDamaged, PassphraseWrong)):
        opened(bytes(file))


SAMPLE = sealed(bytes(PIECE) + b"end")


def test_pieces_cannot_be_moved_or_left_out():
    head = len(SAMPLE) - 2 * 16 - PIECE - 3
    first, second = SAMPLE[head : head + PIECE + 16], SAMPLE[head + PIECE + 16 :]

    for pieces in (first, second, second + first, first + first + second):
        with pytest.raises(BackupDamaged):
            opened(SAMPLE[:head] + pieces)


def test_another_passphrase_is_said_to_be_wrong():
    with pytest.raises(PassphraseWrong):
        opened(SAMPLE, "another passphrase")


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b"PK\x03\x04",
        MAGIC,
        MAGIC + b"[]\n",
        MAGIC + b'{"n": 1, "r": 8, "p": 1, "salt": "", "prefix": "", "check": ""}\n',
    ],
)
def test_what_is_no_backup_is_said_to_be_none(file):
    with pytest.raises(BackupDamaged, match="no backup"):
        opened(file)


def _packed(folder: Path) -> Path:
    (folder / "data" / "attachments").mkdir(parents=True)
    (folder / "data" / "static").mkdir()
    (folder / "data" / "field_keys").write_text("keys")
    (folder / "data" / "attachments" / "a").write_bytes(b"evidence")
    (folder / "data" / "static" / "x.css").write_text("")
    (folder / "data" / "xiuhua.sqlite3-wal").write_text("")
    dump = folder / "dump"
    dump.write_bytes(b"a copy")
    target = folder / "a.xhb"
    with target.open("wb") as file:
        files = packed_files(folder / "data", apart_from=folder / "data" / "backups")
        manifest = Manifest("1", "2019-06-23T04:00:00+00:00", "sqlite", {"t": 3})
        pack(file, passphrase=WORDS, dump=dump, files=files, manifest=manifest)
    return target


def test_files_are_packed_and_unpacked_with_their_hashes(tmp_path):
    target = _packed(tmp_path)
    out = tmp_path / "out"
    out.mkdir()

    manifest = unpack(target, passphrase=WORDS, folder=out)

    names = {p.relative_to(out).as_posix() for p in out.rglob("*") if p.is_file()}
    assert names == {DATABASE, "files/field_keys", "files/attachments/a"}
    assert set(manifest.files) == names
    assert (out / "files/attachments/a").read_bytes() == b"evidence"
    assert (manifest.tables, manifest.rows) == ({"t": 3}, 3)
    assert all(p.stat().st_mode & 0o077 == 0 for p in out.rglob("*") if p.is_file())


def test_a_file_that_goes_meanwhile_is_left_out(tmp_path):
    dump = tmp_path / "dump"
    dump.write_bytes(b"a copy")
    gone = [("attachments/gone", tmp_path / "gone")]
    target = io.BytesIO()

    manifest = Manifest("1", "2019-06-23T04:00:00+00:00", "sqlite")
    pack(target, passphrase=WORDS, dump=dump, files=iter(gone), manifest=manifest)

    assert set(manifest.files) == {DATABASE}
