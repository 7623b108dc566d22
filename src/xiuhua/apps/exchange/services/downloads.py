"""Ask for a file, and take it: recorded before a byte leaves."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.audit import services as audit
from xiuhua.apps.exchange.models import Download
from xiuhua.apps.exchange.rules import DOWNLOADS, check_reason
from xiuhua.apps.exchange.staging import store
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.models import Household
from xiuhua.core.errors import XiuhuaError


_TARGET: Final = "exchange.download"
FILE: Final = "file"


class DownloadGone(XiuhuaError):
    """The download was never somebody's, has expired, or is not ready."""

    code = "exchange.download_gone"


class NobodyInCharge(XiuhuaError):
    """A sheet was asked for of somebody who is in charge of no household there."""

    code = "exchange.nobody_in_charge"


@transaction.atomic
def download_request(
    *,
    kind: str,
    region: str,
    asked: Mapping[str, Any],
    by: Post,
    at: datetime,
    reason: str = "",
) -> Download:
    """Ask for a file; a worker makes it.

    Raises:
        NotPermitted: when the post may not take such a file, or not of this region.
        ReasonMissing: when secret fields are asked for without a reason.
        NobodyInCharge: when nobody of the name asked for has a household there.
    """
    check_permitted(by.state, Permission(DOWNLOADS[kind]), region=region)
    said = dict(asked)
    if asked.get("helper"):
        homes = Household.unscoped.filter(within(region, "village_id"))
        if not homes.filter(helper_name=asked["helper"]).exists():
            raise NobodyInCharge("nobody of this name is in charge of a household here")
    if asked.get("secret"):
        check_permitted(by.state, Permission.SECRET_REVEAL, region=region)
        said["reason"] = check_reason(reason)
    download = Download.unscoped.create(
        key=store.new_key(),
        region_id=region,
        post=by,
        kind=kind,
        asked=said,
        requested_at=at,
    )
    _record(download, "requested", by=by, at=at, new={"kind": kind, **_plain(said)})
    return download


@transaction.atomic
def download_take(
    *, download_id: int, by: Post, at: datetime
) -> tuple[Download, bytes]:
    """Return a file that is ready, to the post that asked for it and to no other.

    Whether the post may is asked again: it may have changed since.

    Raises:
        DownloadGone: when there is none of this post's, or it has expired.
        NotPermitted: when the post may not take such a file any more.
        FileSealBroken: when the file in the data folder is not what was made.
    """
    found = Download.unscoped.select_for_update().filter(pk=download_id, post=by)
    download = found.filter(erased_at__isnull=True, expires_at__gt=at).first()
    if download is None:
        raise DownloadGone(
            "there is no such download any more", hint="ask for it again"
        )
    check_permitted(
        by.state, Permission(DOWNLOADS[download.kind]), region=download.region_id
    )
    if download.asked.get("secret"):
        check_permitted(by.state, Permission.SECRET_REVEAL, region=download.region_id)
    download.fetched_at = at
    download.save(update_fields=["fetched_at"])
    said = {"rows": download.rows, "sha256": download.sha256, **_plain(download.asked)}
    _record(download, "taken", by=by, at=at, new=said)
    content = store.content(store.folder(store.DOWNLOADS, download.key) / FILE)
    return download, content


def _plain(asked: Mapping[str, Any]) -> dict[str, Any]:
    """What the record keeps of a request: no name of a person."""
    return {k: v for k, v in asked.items() if k not in ("helper", "kind")}


def _record(
    download: Download, done: str, *, by: Post, at: datetime, new: Mapping[str, Any]
) -> None:
    audit.entry_append(
        action=f"exchange.download.{done}",
        target=_TARGET,
        target_id=str(download.pk),
        target_label=download.kind,
        region_code=download.region_id,
        by=by.actor,
        at=at,
        new=new,
    )
