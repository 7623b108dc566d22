"""Tick off by hand what was keyed into the national system."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.audit import services as audit
from xiuhua.apps.exchange.models import Keying
from xiuhua.apps.regions.selectors import within


_MOST: Final = 5_000


@transaction.atomic
def keyings_tick(*, keying_ids: Sequence[int], by: Post, at: datetime) -> int:
    """Say that fields were keyed; return how many were still open.

    The next export of the national system shows whether they were: a value that is not
    in it comes back as a difference.

    Raises:
        NotPermitted: when the post may not import.
    """
    check_permitted(by.state, Permission.ROWS_IMPORT, region=by.region_id)
    here = Keying.unscoped.filter(within(by.region_id, "household__village_id"))
    chosen = here.filter(pk__in=list(keying_ids)[:_MOST], done_at__isnull=True)
    keys = list(chosen.values_list("pk", flat=True))
    done = Keying.unscoped.filter(pk__in=keys).update(done_at=at, done_by=by.actor.name)
    audit.entry_append(
        action="exchange.keying.ticked",
        target="exchange.keying",
        target_id=by.region_id,
        target_label="",
        region_code=by.region_id,
        by=by.actor,
        at=at,
        new={"fields": done},
    )
    return done
