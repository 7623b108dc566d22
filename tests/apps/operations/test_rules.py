from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiuhua.apps.operations.rules import (
    Job,
    Level,
    age_level,
    keep_list,
    last_due,
    worst,
)
from xiuhua.config.jobs import job_table


JOBS = job_table(backup_minutes=60)
INSTANTS = st.datetimes(
    datetime(2001, 1, 1),  # noqa: DTZ001  the zone is given beside it
    datetime(2035, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
AT = datetime(2019, 6, 23, 4, tzinfo=UTC)


@given(at=INSTANTS, job=st.sampled_from(JOBS))
def test_the_last_due_instant_is_stable_and_not_ahead(at, job):
    due = last_due(job, at=at)

    step = timedelta(minutes=job.every_minutes or 24 * 60)
    assert due <= at < due + step
    assert last_due(job, at=due) == due
    assert last_due(job, at=due - timedelta(microseconds=1)) == due - step


def test_a_job_is_daily_or_every_so_often():
    with pytest.raises(ValueError, match="a time of day or"):
        Job("both", "a.b", "", daily_at=time(1), every_minutes=5)
    with pytest.raises(ValueError, match="a time of day or"):
        Job("none", "a.b", "")


def test_names_of_jobs_are_unique():
    assert len({job.name for job in JOBS}) == len(JOBS)


@pytest.mark.parametrize(
    ("hours", "level"), [(1, Level.OK), (30, Level.WARNING), (80, Level.BAD)]
)
def test_age_makes_the_level(hours, level):
    found = age_level(
        AT - timedelta(hours=hours),
        at=AT,
        warn=timedelta(days=1),
        bad=timedelta(days=3),
    )

    assert found == level


def test_what_never_happened_is_bad():
    day = timedelta(days=1)

    assert age_level(None, at=AT, warn=day, bad=day) == Level.BAD
    assert worst([]) == Level.BAD


@given(
    ages=st.lists(st.integers(0, 800 * 24), min_size=1, max_size=200, unique=True),
)
def test_backups_are_thinned_but_never_the_newest(ages):
    taken = [AT - timedelta(hours=age) for age in ages]

    kept = keep_list(taken, at=AT, hours=24, days=30, months=12)

    assert max(taken) in kept
    assert kept <= set(taken)
    assert {t for t in taken if AT - t <= timedelta(hours=24)} <= kept
    older = [t for t in kept if AT - t > timedelta(hours=24)]
    assert len(older) <= 31 + 13 + 1


def test_one_backup_a_day_stays_for_a_month():
    taken = [AT - timedelta(hours=h) for h in range(24 * 40)]

    kept = keep_list(taken, at=AT, hours=24, days=30, months=0)

    # Two of the 31 days have their last one within the 25 hours.
    assert len(kept) == 25 + 31 - 2
