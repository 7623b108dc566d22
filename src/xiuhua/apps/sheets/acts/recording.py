"""Lock a sheet for a step, save it, and record the step in the audit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.audit import services as audit
from xiuhua.apps.regions.models import Region
from xiuhua.apps.sheets.kinds import kind_get
from xiuhua.apps.sheets.models import Sheet
from xiuhua.apps.sheets.rules import Step
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.region_codes import LENGTH_BY_LEVEL


_COUNTY: Final = LENGTH_BY_LEVEL["county"]


class StaleSheet(XiuhuaError):
    """Somebody else took a step with a sheet since it was shown."""

    code = "sheets.stale_sheet"


def locked(sheet: Sheet, version: int | None, by: Post) -> Sheet:
    """Return a sheet locked, if it is still the one that was seen.

    The county is locked with it: of two sheets taken over at once the second is
    compared with what the first has left.

    Raises:
        NotPermitted: when the post does not keep such lists there.
        StaleSheet: when it was changed meanwhile, or no version is named.
    """
    permission = kind_get(sheet.kind).permission
    check_permitted(by.state, permission, region=sheet.region_id)
    county = Region.objects.select_for_update(no_key=True)
    county.filter(code=sheet.region_id[:_COUNTY]).first()
    found = Sheet.objects.select_for_update().get(pk=sheet.pk)
    if version is None or found.version != version:
        raise StaleSheet("somebody else took a step with the sheet meanwhile")
    return found


def kept(sheet: Sheet) -> None:
    """Save a sheet under its next version; whatever was ordered of it is done."""
    sheet.version += 1
    sheet.doing, sheet.error = "", None
    sheet.save()


def ordered(sheet: Sheet, step: Step, *, by: Post, at: datetime) -> None:
    """Note on a sheet what a worker is to do with it; the caller saves it."""
    sheet.doing, sheet.ordered_by, sheet.stirred_at = step.value, by, at
    sheet.progress, sheet.tries, sheet.error = 0, 0, None


def recorded(
    sheet: Sheet, done: str, said: Mapping[str, Any], *, by: Post, at: datetime
) -> None:
    """Record a step by the digest of the file: its name may say whom it is about."""
    audit.entry_append(
        action=f"sheets.sheet.{done}",
        target="sheets.sheet",
        target_id=str(sheet.pk),
        target_label=f"{sheet.kind} {sheet.digest[:16]}",
        region_code=sheet.region_id,
        by=by.actor,
        at=at,
        new={"state": sheet.state, **said},
    )
