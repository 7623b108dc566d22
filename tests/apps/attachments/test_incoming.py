"""Chunks that come twice, late or broken end in one whole file or none."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.attachments import HOUSEHOLD, PDF, sent

from xiuhua.apps.attachments import incoming, storage
from xiuhua.apps.attachments.incoming import Announced, BodyDamaged, OutOfStep
from xiuhua.apps.attachments.rules import EvidenceRefused, KeyTaken, Limits, Sent


LIMITS = Limits(1 << 20, 60)
BODY = PDF * 20


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def announced(content: bytes = BODY, **said) -> Announced:
    return Announced(sent(content, **said), HOUSEHOLD, "personal")


def announce(about: Announced, user_id: int = 1) -> int:
    return incoming.announce(user_id=user_id, announced=about, limits=LIMITS)


def take(about: Announced, offset: int, chunk: bytes) -> int:
    return incoming.chunk_take(
        user_id=1, key=about.sent.key, offset=offset, chunk=chunk
    )


def whole(about: Announced) -> bytes:
    return incoming.body_of(user_id=1, key=about.sent.key)


def test_a_body_comes_in_chunks():
    about = announced()

    assert announce(about) == 0
    assert take(about, 0, BODY[:100]) == 100
    with pytest.raises(OutOfStep) as error:
        whole(about)
    assert error.value.values["here"] == 100
    assert announce(about) == 100
    assert take(about, 100, BODY[100:]) == len(BODY)
    assert whole(about) == BODY


@given(st.lists(st.tuples(st.floats(0, 1), st.integers(1, len(BODY))), max_size=9))
def test_chunks_repeated_in_any_way_give_the_body(chunks):
    about = announced()
    here = announce(about)
    for back, length in chunks:
        offset = round(here * back)
        here = take(about, offset, BODY[offset : offset + length])
    take(about, here, BODY[here:])

    assert whole(about) == BODY
    incoming.forget(user_id=1, key=about.sent.key)


def test_a_gap_is_refused_with_the_place_to_go_on_from():
    about = announced()
    announce(about)
    take(about, 0, BODY[:10])

    with pytest.raises(OutOfStep) as error:
        take(about, 11, BODY[11:20])

    assert error.value.values["here"] == 10


def test_another_body_than_announced_starts_over():
    about = announced()
    announce(about)
    take(about, 0, b"x" * len(BODY))

    with pytest.raises(BodyDamaged):
        whole(about)

    assert announce(about) == 0


def test_more_than_announced_is_refused():
    about = announced()
    announce(about)

    with pytest.raises(BodyDamaged):
        take(about, 0, BODY + b"x")
    with pytest.raises(EvidenceRefused):
        take(about, 0, b"x" * (incoming.CHUNK_MOST + 1))


def test_a_key_is_for_one_file():
    about = announced(key="key-of-a-sending-1")
    announce(about)

    with pytest.raises(KeyTaken):
        announce(announced(PDF, key="key-of-a-sending-1"))
    assert announce(announced(PDF, key="key-of-a-sending-1"), user_id=2) == 0


def test_what_was_not_announced_is_refused():
    with pytest.raises(incoming.NothingAnnounced):
        take(announced(), 0, b"x")


def test_limits_hold_before_the_first_byte():
    with pytest.raises(EvidenceRefused):
        announce(announced(b""))
    huge = Sent("key-of-a-sending-2", "a", "0" * 64, LIMITS.bytes_most + 1)
    with pytest.raises(EvidenceRefused):
        announce(Announced(huge, HOUSEHOLD, "personal"))


def test_nobody_leaves_more_than_fifty_unfinished():
    for _ in range(50):
        announce(announced())

    with pytest.raises(EvidenceRefused):
        announce(announced())


def test_sendings_given_up_are_forgotten():
    old, young = announced(), announced()
    now = datetime(2019, 6, 23, tzinfo=UTC)
    for about, age in ((old, 100), (young, 1)):
        announce(about)
        take(about, 0, b"x")
        for path in _files(about):
            stamp = (now - timedelta(hours=age)).timestamp()
            os.utime(path, (stamp, stamp))

    assert incoming.stale_forget(before=now - timedelta(hours=72)) == 1
    assert not any(path.exists() for path in _files(old))
    assert announce(young) == 1


def _files(about: Announced) -> tuple[Path, Path]:
    return incoming._paths(1, about.sent.key)


def test_files_are_readable_by_the_owner_alone():
    about = announced()
    announce(about)
    take(about, 0, b"x")
    digest = storage.keep(PDF)

    for path in (*_files(about), storage.path_of(digest)):
        assert path.stat().st_mode & 0o077 == 0
        assert path.parent.stat().st_mode & 0o077 == 0
