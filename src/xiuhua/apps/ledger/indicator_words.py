"""The indicators a list of problems may name, by code, Chinese or English name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.assessments.selectors.room_standards import standard_list
from xiuhua.apps.assessments.selectors.sectors import indicators_in_use
from xiuhua.core.intake.headers import normalized


def indicators_named(*, by: Post, on: date) -> Mapping[str, str]:
    """Return what indicators in force are called, as heads are, to their codes.

    Codes are `pack.indicator`; a bureau names its own. Of two standards that call one
    alike the first is meant.
    """
    own = indicators_in_use(sector=by.sector) if by.sector else None
    found: dict[str, str] = {}
    for standard in standard_list(region=by.region_id, as_of=on):
        for key, label in standard.indicators:
            code = f"{standard.pack}.{key}"
            if own is None or code in own:
                for word in (code, key, label.zh, label.en):
                    found.setdefault(normalized(word), code)
    return found


def indicator_words(*, by: Post, on: date) -> Mapping[str, str]:
    """Return the Chinese names of the indicators in force by their codes."""
    return {
        f"{standard.pack}.{key}": label.zh
        for standard in standard_list(region=by.region_id, as_of=on)
        for key, label in standard.indicators
    }
