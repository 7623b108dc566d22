"""What the villages report, for this year and the last, and the deadline to meet."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

import pyarrow as pa

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.assessments.services.campaigns import campaign_set
from xiuhua.apps.registry.facts import PLACED
from xiuhua.apps.registry.services.villages import village_state
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.demo.places import COUNTY
from xiuhua.demo.rows import plain_rows
from xiuhua.demo.sheets import moment


CAMPAIGN: Final = "清零行动（虚构）"
DOCUMENT: Final = "绣花县（虚构）扶贫开发领导小组2号"
# A deadline nearer than this is that of the year before the one to show.
_LEAST_DAYS: Final = 21
_RESERVE_DAYS: Final = 20


def villages_report(village: pa.Table, *, start: date, on: date, by: Post) -> None:
    """Enter what every village reports, for the year of a day and the year before.

    A year is reported once it has begun; nothing is reported before `start`.
    """
    level = load_dictionary().level("village")
    placed = PLACED["village"]
    for row in plain_rows(village, level):
        values = {k: v for k, v in row.items() if v is not None and k not in placed}
        for year in (on.year - 1, on.year):
            village_state(
                village=row["village_code"],
                year=year,
                values=values,
                by=by,
                at=moment(max(start, date(year, 1, 1))),
            )


def campaign_begin(*, start: date, on: date, by: Post, at: datetime) -> None:
    """Let the county count down to the end of the year, with a reserve before it."""
    deadline = date(on.year, 12, 31)
    if deadline - on < timedelta(days=_LEAST_DAYS):
        deadline = date(on.year + 1, 12, 31)
    campaign_set(
        region=COUNTY,
        name=CAMPAIGN,
        starts_on=start,
        deadline=deadline,
        reserve_days=_RESERVE_DAYS,
        document=DOCUMENT,
        by=by,
        at=at,
    )
