"""Sealed texts open where they belong, with the right key, and nowhere else."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiuhua.sealing.cipher import SealBroken, blind_index, is_current, opened, sealed
from xiuhua.sealing.keys import (
    KeyFileBroken,
    new_key_file,
    parsed_keys,
    with_new_version,
)


FILE = new_key_file()
KEYS = parsed_keys(FILE)
PLACE = "registry.person.id_number"
ID = "99010120000229011X"


@given(st.text())
def test_every_text_opens_to_itself(text):
    assert opened(sealed(text, place=PLACE, keys=KEYS), place=PLACE, keys=KEYS) == text


def test_the_same_text_is_sealed_differently_and_shows_nothing():
    one, two = (sealed(ID, place=PLACE, keys=KEYS) for _ in range(2))

    assert one != two
    assert ID not in one
    assert one.startswith("v1:")


@given(st.integers(min_value=0), st.integers(1, 255))
def test_a_changed_byte_breaks_the_seal(at, by):
    version, _, encoded = sealed(ID, place=PLACE, keys=KEYS).partition(":")
    raw = bytearray(base64.b64decode(encoded))
    raw[at % len(raw)] ^= by
    changed = f"{version}:{base64.b64encode(bytes(raw)).decode()}"

    with pytest.raises(SealBroken):
        opened(changed, place=PLACE, keys=KEYS)


@pytest.mark.parametrize("closed", ["", "v1:", "v1:%", "v9:AAAA", ID, "v1:AAAA"])
def test_what_is_no_seal_is_refused(closed):
    with pytest.raises(SealBroken):
        opened(closed, place=PLACE, keys=KEYS)


def test_a_seal_moved_elsewhere_does_not_open():
    closed = sealed(ID, place=PLACE, keys=KEYS)

    with pytest.raises(SealBroken) as error:
        opened(closed, place="registry.person.bank_account", keys=KEYS)
    assert closed not in str(error.value)


def test_a_new_key_seals_and_the_old_one_still_opens():
    old = sealed(ID, place=PLACE, keys=KEYS)
    newer = parsed_keys(with_new_version(with_new_version(FILE)))

    new = sealed(ID, place=PLACE, keys=newer)

    assert new.startswith("v3:")
    assert opened(old, place=PLACE, keys=newer) == ID
    assert (is_current(old, keys=newer), is_current(new, keys=newer)) == (False, True)
    assert blind_index(ID, place=PLACE, keys=newer) == blind_index(
        ID, place=PLACE, keys=KEYS
    )
    with pytest.raises(SealBroken):
        opened(new, place=PLACE, keys=KEYS)


def test_an_index_depends_on_text_place_and_key():
    others = parsed_keys(new_key_file())
    found = {
        blind_index(ID, place=PLACE, keys=KEYS),
        blind_index(ID[:-1], place=PLACE, keys=KEYS),
        blind_index(ID, place="registry.person.phone", keys=KEYS),
        blind_index(ID, place=PLACE, keys=others),
    }

    assert len(found) == 4
    assert blind_index(ID, place=PLACE, keys=KEYS) in found


def test_keys_do_not_show_themselves():
    key = base64.b64encode(KEYS.index).decode()

    assert key not in repr(KEYS)
    assert repr(KEYS.index) not in repr(KEYS)


KEY = FILE.split("\n")[0].removeprefix("v1:")
BROKEN = (
    "",
    f"v1:{KEY}",
    f"index:{KEY}",
    f"v1:{KEY}\nindex:{KEY}\nv1:{KEY}",
    f"v0:{KEY}\nindex:{KEY}",
    f"w1:{KEY}\nindex:{KEY}",
    f"v1:{KEY[:-8]}\nindex:{KEY}",
    f"v1:?\nindex:{KEY}",
    f"{KEY}\nindex:{KEY}",
)


# The keys differ from process to process, the names of tests must not.
@pytest.mark.parametrize("text", BROKEN, ids=range(len(BROKEN)))
def test_a_broken_key_file_is_refused_without_showing_it(text):
    with pytest.raises(KeyFileBroken) as error:
        parsed_keys(text)

    assert KEY not in str(error.value)
