"""Take a file in, decide about its conflicts, promote it, take it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import check_permitted
from xiuhua.apps.audit import services as audit
from xiuhua.apps.exchange.keying import from_national_system
from xiuhua.apps.exchange.models import ConflictChoice, Keying, Upload
from xiuhua.apps.exchange.models import Mapping as ListMapping
from xiuhua.apps.exchange.rules import Choice, KeptFile, Origin, State, check_step
from xiuhua.apps.exchange.staging import store
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.acts.rows import HouseholdRow, PersonRow, VillageRow
from xiuhua.apps.registry.services.bulk import changes_apply, changes_undo
from xiuhua.core.errors import XiuhuaError


_TARGET: Final = "exchange.upload"
_CHUNK: Final = 800


class UploadMissing(XiuhuaError):
    """No such upload where the post is held."""

    code = "exchange.upload_missing"


class UploadStale(XiuhuaError):
    """The upload was changed by somebody else meanwhile."""

    code = "exchange.upload_stale"


@dataclass(frozen=True)
class Promotion:
    """What an upload lays on the registry, and which keyings it ticks off."""

    households: Sequence[HouseholdRow]
    persons: Sequence[PersonRow]
    villages: Sequence[VillageRow]
    keyed: Sequence[int]


@transaction.atomic
def upload_register(
    *,
    file: KeptFile,
    origin: Origin,
    made_at: datetime,
    clears: bool,
    by: Post,
    at: datetime,
    mapping: ListMapping | None = None,
) -> Upload:
    """Register a file that was kept; nothing of it counts yet.

    Raises:
        NotPermitted: when the post may not import.
    """
    check_permitted(by.state, Permission.ROWS_IMPORT, region=by.region_id)
    upload = Upload.unscoped.create(
        key=file.key,
        region_id=by.region_id,
        post=by,
        state=State.RECEIVED,
        origin=origin.value,
        file_name=file.name[-200:],
        file_sha256=file.sha256,
        file_size=file.size,
        mapping=mapping,
        basis_at=min(made_at, at),
        clears=clears,
        received_at=at,
    )
    said = {"sha256": file.sha256, "size": file.size, "origin": origin.value}
    _record(upload, "received", by=by, at=at, new=said)
    return upload


@transaction.atomic
def conflicts_decide(
    *,
    upload_id: int,
    version: int,
    cells: Iterable[tuple[str, str, str]],
    choice: Choice,
    by: Post,
    at: datetime,
) -> Upload:
    """Say which value stays in some conflicts, each named by level, number and field.

    Raises:
        UploadMissing: when there is none in the post's region.
        NotPermitted: when the post may not import.
        StepImpossible: when the upload is not compared.
        UploadStale: when somebody else worked on it meanwhile.
    """
    upload = _locked(upload_id, version=version, by=by)
    check_step(State(upload.state), State.PROMOTING)
    rows = [
        ConflictChoice(
            upload=upload, level=level, number=number, field=name, choice=choice.value
        )
        for level, number, name in dict.fromkeys(cells)
    ]
    ConflictChoice.objects.bulk_create(
        rows,
        batch_size=_CHUNK,
        update_conflicts=True,
        unique_fields=["upload", "level", "number", "field"],
        update_fields=["choice"],
    )
    _touched(upload)
    said = {"choice": choice.value, "conflicts": len(rows)}
    _record(upload, "decided", by=by, at=at, new=said)
    return upload


@transaction.atomic
def upload_order(*, upload_id: int, version: int, by: Post, at: datetime) -> Upload:
    """Order that an upload be promoted; a worker does it.

    Raises:
        UploadMissing: when there is none in the post's region.
        NotPermitted: when the post may not import.
        StepImpossible: when the upload is not compared.
        UploadStale: when somebody else worked on it meanwhile.
    """
    upload = _locked(upload_id, version=version, by=by)
    check_step(State(upload.state), State.PROMOTING)
    upload.state, upload.ordered_by, upload.error = State.PROMOTING, by, None
    upload.progress, upload.step = 0, "promote"
    _touched(upload, "state", "ordered_by", "error", "progress", "step")
    _record(upload, "ordered", by=by, at=at, new=dict(upload.counts))
    return upload


@transaction.atomic
def upload_reread(*, upload_id: int, version: int, by: Post, at: datetime) -> Upload:
    """Order that an upload be read and compared anew; a worker does it.

    What the last reading came to, a failure too, is gone from this moment on.

    Raises:
        UploadMissing: when there is none in the post's region.
        NotPermitted: when the post may not import.
        StepImpossible: when it is being promoted or has been.
        UploadStale: when somebody else worked on it meanwhile.
    """
    upload = _locked(upload_id, version=version, by=by)
    check_step(State(upload.state), State.READING)
    upload.state, upload.error = State.READING, None
    upload.progress, upload.step = 0, "parse"
    _touched(upload, "state", "error", "progress", "step")
    _record(upload, "reread", by=by, at=at, new={"sha256": upload.file_sha256})
    return upload


@transaction.atomic
def upload_promote(
    *, upload_id: int, promotion: Promotion, by: Post, at: datetime
) -> Upload:
    """Lay the rows of an upload on the registry: all of them, or none.

    Raises:
        UploadMissing: when there is none in the post's region.
        NotPermitted: when the post may not import.
        StepImpossible: when it was not ordered or has been promoted before.
        VersionStale: when a row has been changed since it was compared.
    """
    upload = _locked(upload_id, version=None, by=by)
    check_step(State(upload.state), State.PROMOTED)
    if promotion.households or promotion.persons or promotion.villages:
        with from_national_system(upload.origin == Origin.NATIONAL):
            batch = changes_apply(
                households=promotion.households,
                persons=promotion.persons,
                villages=promotion.villages,
                source=f"{upload.file_name[:100]} {upload.file_sha256}",
                by=by,
                at=at,
            )
        upload.batch = batch.pk
    ticked = _ticked_off(promotion.keyed, upload, by=by, at=at)
    upload.state, upload.promoted_at, upload.progress = State.PROMOTED, at, 100
    upload.counts = {**upload.counts, "keyed": ticked}
    _touched(upload, "state", "promoted_at", "progress", "batch", "counts")
    said = {"sha256": upload.file_sha256, "batch": upload.batch, "keyed": ticked}
    _record(upload, "promoted", by=by, at=at, new={**upload.counts, **said})
    return upload


@transaction.atomic
def upload_undo(*, upload_id: int, version: int, by: Post, at: datetime) -> Upload:
    """Take back what an upload changed.

    Raises:
        UploadMissing: when there is none in the post's region.
        NotPermitted: when the post may not import.
        StepImpossible: when it was not promoted, or is undone already.
        UploadStale: when somebody else worked on it meanwhile.
        BatchBuiltUpon: when later edits stand on rows it entered.
    """
    upload = _locked(upload_id, version=version, by=by)
    check_step(State(upload.state), State.UNDONE)
    if upload.batch is not None:
        with from_national_system(upload.origin == Origin.NATIONAL):
            changes_undo(batch_id=upload.batch, by=by, at=at)
    upload.state, upload.undone_at, upload.undone_by = State.UNDONE, at, by
    _touched(upload, "state", "undone_at", "undone_by")
    _record(upload, "undone", by=by, at=at, new={"batch": upload.batch})
    return upload


@transaction.atomic
def upload_discard(*, upload_id: int, version: int, by: Post, at: datetime) -> Upload:
    """Put an upload aside that shall not count; its files go.

    Raises:
        UploadMissing: when there is none in the post's region.
        NotPermitted: when the post may not import.
        StepImpossible: when it is being promoted or has been.
        UploadStale: when somebody else worked on it meanwhile.
    """
    upload = _locked(upload_id, version=version, by=by)
    check_step(State(upload.state), State.DISCARDED)
    upload.state, upload.erased_at = State.DISCARDED, at
    _touched(upload, "state", "erased_at")
    key = upload.key
    transaction.on_commit(lambda: store.erase(store.UPLOADS, key))
    _record(upload, "discarded", by=by, at=at, new={})
    return upload


def _locked(upload_id: int, *, version: int | None, by: Post) -> Upload:
    """Return an upload of the post's region, locked; `version` None for workers."""
    check_permitted(by.state, Permission.ROWS_IMPORT, region=by.region_id)
    found = Upload.unscoped.filter(within(by.region_id, "region_id"))
    upload = found.select_for_update().filter(pk=upload_id).first()
    if upload is None:
        raise UploadMissing("there is no such upload here")
    if version is not None and upload.version != version:
        raise UploadStale("the upload was changed by somebody else meanwhile")
    return upload


def _touched(upload: Upload, *fields: str) -> None:
    upload.version += 1
    upload.save(update_fields=[*fields, "version"])


def _ticked_off(keyed: Sequence[int], upload: Upload, *, by: Post, at: datetime) -> int:
    """Close the keyings whose values the file carries; return how many."""
    done = 0
    for start in range(0, len(keyed), _CHUNK):
        open_ones = Keying.unscoped.filter(
            pk__in=keyed[start : start + _CHUNK], done_at__isnull=True
        )
        done += open_ones.update(done_at=at, done_by=by.actor.name, upload=upload)
    return done


def _record(
    upload: Upload, done: str, *, by: Post, at: datetime, new: Mapping[str, Any]
) -> None:
    """Record an act by the digest of the file: its name may say whom it is about."""
    audit.entry_append(
        action=f"exchange.upload.{done}",
        target=_TARGET,
        target_id=str(upload.pk),
        target_label=upload.file_sha256[:16],
        region_code=upload.region_id,
        by=by.actor,
        at=at,
        new=new,
    )
