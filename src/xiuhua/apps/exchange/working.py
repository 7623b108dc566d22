"""What workers do with uploads: read and compare, promote, sweep up.

Bookkeeping of a worker's steps, no acts of anybody; what an act changes, its service
records. Each function can be killed anywhere and called again: files appear whole, an
outcome counts once the row names it, and the registry changes in one transaction.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from django.core import signing
from django.db import DatabaseError
from django.utils import timezone

from xiuhua.apps.accounts.rules import check_in_office
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.exchange import selectors
from xiuhua.apps.exchange.models import ConflictChoice, Upload
from xiuhua.apps.exchange.promoting import Choices, Tables, promotion_of
from xiuhua.apps.exchange.rules import Choice, Origin, State
from xiuhua.apps.exchange.services.uploads import Promotion, upload_promote
from xiuhua.apps.exchange.staging import outcome_files, store
from xiuhua.apps.exchange.staging.comparing import Basis
from xiuhua.apps.exchange.staging.reading import Outcomes, read_and_compare
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.registry.acts.recording import VersionStale
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.intake.prefilled import token_of


_log: Final = logging.getLogger(__name__)
Clock = Callable[[], datetime]
SHEET_SALT: Final = "exchange.sheet"
_READABLE: Final = (State.RECEIVED, State.READING, State.COMPARED, State.FAILED)


class FileBroken(XiuhuaError):
    """Reading a file failed in a way nobody foresaw."""

    code = "exchange.file_broken"


def upload_read(*, upload_id: int, clock: Clock) -> str:
    """Read and compare an upload; return its state."""
    begun = Upload.unscoped.filter(pk=upload_id, state__in=_READABLE).update(
        state=State.READING, progress=0, step="parse", error=None
    )
    if not begun:
        return "not to be read"
    upload = Upload.unscoped.get(pk=upload_id)
    with region_scope([upload.region_id]):
        try:
            _staged(upload, clock)
        except XiuhuaError as error:
            return _failed(upload, error)
        except (DatabaseError, MemoryError):
            # Not the file's fault: the task fails and is tried again.
            raise
        except Exception as error:
            # A file must not be tried for ever. What was raised may quote a person.
            _log.error("upload %s: %s", upload.pk, type(error).__name__)
            return _failed(upload, FileBroken("the file could not be read"))
    return State.COMPARED


def upload_lay(*, upload_id: int, clock: Clock) -> str:
    """Promote an upload that was ordered; return its state.

    When a row was edited since it was compared, the upload is compared anew instead.
    """
    upload = Upload.unscoped.filter(pk=upload_id, state=State.PROMOTING).first()
    if upload is None or upload.ordered_by is None:
        return "not ordered"
    post = upload.ordered_by
    with region_scope([upload.region_id]):
        try:
            at = clock()
            check_in_office(post.state, on=timezone.localtime(at).date())
            promotion = _promotion(upload)
            _noted(upload, "promote", 50)
            upload_promote(upload_id=upload.pk, promotion=promotion, by=post, at=at)
        except VersionStale:
            return _again(upload, clock)
        except XiuhuaError as error:
            return _failed(upload, error)
    return State.PROMOTED


def _staged(upload: Upload, clock: Clock) -> None:
    folder = store.folder(store.UPLOADS, upload.key)
    with store.scratch(upload.key) as scratch:
        source = store.open_into(folder / store.SOURCE, scratch / upload.file_name)
        made_at = _made_at(source, upload)

        def progress(step: str, percent: int) -> None:
            _noted(upload, step, percent)

        outcome = read_and_compare(
            source,
            scratch,
            _basis(upload, made_at, clock),
            progress,
            partial(_mapping, upload),
        )
        name = f"staged-{store.new_key()[:8]}"
        store.keep_folder(outcome.folder, folder / name)
    done = Upload.unscoped.filter(pk=upload.pk, state=State.READING).update(
        state=State.COMPARED,
        staged=name,
        basis_at=made_at,
        progress=100,
        step="",
        counts=_counts(outcome),
        version=upload.version + 1,
    )
    # Discarded while it was read: nothing of it may stay.
    store.drop_others(folder, but={store.SOURCE, name} if done else set())


def _mapping(upload: Upload, fingerprint: str) -> dict[str, str] | None:
    """The columns of a list as somebody said once, for this region or one around it."""
    found = selectors.mapping_for(viewer=upload.post, fingerprint=fingerprint)
    return found.columns if found else None


def _counts(outcome: Outcomes) -> dict[str, Any]:
    ledger = asdict(outcome.ledger)
    return {
        **ledger,
        "faults": outcome.faults,
        "ignored": list(outcome.ignored),
        "missing": outcome.missing,
    }


def _basis(upload: Upload, made_at: datetime, clock: Clock) -> Basis:
    today = timezone.localtime(clock()).date()
    found = regions.region_list(under=upload.region_id, as_of=today)
    villages = frozenset(r.code for r in found if r.level == "village")
    return Basis(
        upload.region_id, Origin(upload.origin), made_at, upload.clears, villages
    )


def _made_at(source: Path, upload: Upload) -> datetime:
    """When the file was made: a sheet of ours says so itself."""
    token = token_of(source) if source.suffix.lower() in (".xlsx", ".xlsm") else None
    if token is None:
        return upload.basis_at
    try:
        said = signing.loads(token, salt=SHEET_SALT)
        return min(datetime.fromisoformat(said["at"]), upload.received_at)
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return upload.basis_at


def _promotion(upload: Upload) -> Promotion:
    choices: Choices = {
        (c.level, c.number, c.field): Choice(c.choice)
        for c in ConflictChoice.objects.filter(upload=upload)
    }
    return promotion_of(
        outcome_files.records(upload),
        Tables(outcome_files.tables(upload)),
        choices,
        valid_from=timezone.localtime(upload.basis_at).date(),
        source=upload.file_name[:100],
    )


def _again(upload: Upload, clock: Clock) -> str:
    """Compare anew: what was shown no longer holds."""
    Upload.unscoped.filter(pk=upload.pk, state=State.PROMOTING).update(
        state=State.READING
    )
    state = upload_read(upload_id=upload.pk, clock=clock)
    if state == State.COMPARED:
        note = {"code": "exchange.changed_meanwhile"}
        Upload.unscoped.filter(pk=upload.pk).update(error=note)
    return state


def _failed(upload: Upload, error: XiuhuaError) -> str:
    _log.warning("upload %s: %s", upload.pk, error.code)
    busy = (State.READING, State.PROMOTING)
    Upload.unscoped.filter(pk=upload.pk, state__in=busy).update(
        state=State.FAILED, error=error.kept(), step="", version=upload.version + 1
    )
    return State.FAILED


def _noted(upload: Upload, step: str, percent: int) -> None:
    Upload.unscoped.filter(pk=upload.pk).update(step=step, progress=percent)
