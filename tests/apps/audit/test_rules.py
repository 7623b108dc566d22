"""A thousand tampers, a thousand detected; with the anchor, even by a forger."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiuhua.apps.audit.rules import (
    NO_HEAD,
    START,
    Head,
    Record,
    ValueUnfit,
    breaks_of,
    digest_of,
    recordable,
)


def chain(length: int) -> list[Record]:
    records: list[Record] = []
    for number in range(1, length + 1):
        record = Record(
            chain="990101",
            number=number,
            action="registry.household.corrected",
            target="registry.household",
            target_id=str(number),
            target_label="",
            region_code="990101101",
            actor="li",
            post="",
            order_number="",
            old=None,
            new={"persons": number},
            recorded_at=datetime(2019, 1, 1, tzinfo=UTC) + timedelta(minutes=number),
            previous=records[-1].digest if records else START,
        )
        records.append(replace(record, digest=digest_of(record)))
    return records


def head_of(records: list[Record]) -> Head:
    return Head(len(records), records[-1].digest) if records else NO_HEAD


def rechained(records: list[Record]) -> list[Record]:
    """Return the records as a forger leaves them who knows how digests are made."""
    made: list[Record] = []
    for number, record in enumerate(records, 1):
        previous = made[-1].digest if made else START
        moved = replace(record, number=number, previous=previous, digest="")
        made.append(replace(moved, digest=digest_of(moved)))
    return made


def edit(records: list[Record], at: int) -> list[Record]:
    changed = replace(records[at], new={"persons": -1})
    return [*records[:at], changed, *records[at + 1 :]]


def clock_back(records: list[Record], at: int) -> list[Record]:
    earlier = records[at].recorded_at - timedelta(days=1)
    return [
        *records[:at],
        replace(records[at], recorded_at=earlier),
        *records[at + 1 :],
    ]


def delete(records: list[Record], at: int) -> list[Record]:
    return [*records[:at], *records[at + 1 :]]


def insert(records: list[Record], at: int) -> list[Record]:
    return [*records[:at], replace(records[at], target_id="forged"), *records[at:]]


def swap(records: list[Record], at: int) -> list[Record]:
    other = (at + 1) % len(records)
    moved = list(records)
    moved[at], moved[other] = moved[other], moved[at]
    return moved


def truncate(records: list[Record], at: int) -> list[Record]:
    return records[:at]


TAMPERS = (edit, clock_back, delete, insert, swap, truncate)


def is_broken(records: list[Record], *, head: Head, anchored: Head = NO_HEAD) -> bool:
    return any(breaks_of("990101", records, head=head, anchored=anchored))


@settings(max_examples=1000, deadline=None)
@given(st.integers(2, 12), st.sampled_from(TAMPERS), st.randoms(use_true_random=False))
def test_every_tamper_is_seen(length, tamper, chance: random.Random):
    records = chain(length)
    at = chance.randrange(length)

    tampered = tamper(records, at)

    assert not is_broken(records, head=head_of(records))
    assert is_broken(tampered, head=head_of(records))


@settings(max_examples=1000, deadline=None)
@given(st.integers(2, 12), st.sampled_from(TAMPERS), st.randoms(use_true_random=False))
def test_a_forger_with_the_database_is_seen_through_the_anchor(
    length, tamper, chance: random.Random
):
    records = chain(length)
    anchored = chance.randrange(2, length + 1)
    at = chance.randrange(anchored - 1)
    forged = rechained(tamper(records, at))

    anchor = head_of(records[:anchored])

    assert not is_broken(forged, head=head_of(forged))
    assert is_broken(forged, head=head_of(forged), anchored=anchor)
    assert not is_broken(records, head=head_of(records), anchored=anchor)


def test_an_empty_chain_is_whole_unless_it_was_anchored():
    assert not is_broken([], head=NO_HEAD)
    assert is_broken([], head=NO_HEAD, anchored=head_of(chain(1)))


def test_a_record_of_another_chain_is_out_of_place():
    records = [replace(r, chain="990102") for r in chain(2)]

    assert is_broken(records, head=head_of(records))


def test_instants_need_a_time_zone():
    with pytest.raises(ValueUnfit):
        recordable(datetime(2019, 1, 1))  # noqa: DTZ001  what is refused


def test_the_same_instant_elsewhere_has_the_same_digest():
    record = chain(1)[0]
    there = record.recorded_at.astimezone(timezone(timedelta(hours=8)))

    assert digest_of(replace(record, recorded_at=there)) == record.digest
