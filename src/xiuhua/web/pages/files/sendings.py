"""Sending a file in chunks, answered in JSON: for scripts of pages and for the phone.

    POST households/<id>/files/sendings/   key, name, size, digest, mask
    PUT  files/sendings/<key>/             the bytes, with `Upload-Offset: n`
    POST files/sendings/<key>/finish/

The first two answer `{"received": n}`, the last `{"file": id}`.

Whoever heard no answer asks again: the same key ends in the same file.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.attachments import incoming, services, storage
from xiuhua.apps.attachments.rules import Sent, Subject
from xiuhua.apps.registry import selectors as registry
from xiuhua.core.dictionary.model import Mask
from xiuhua.core.errors import XiuhuaError
from xiuhua.messages import translator
from xiuhua.web.access import allow
from xiuhua.web.failures import STATUS_OF
from xiuhua.web.pages.files.views import subject_of
from xiuhua.web.shell import language


_STATUS = {
    "attachments.key_taken": 409,
    "attachments.out_of_step": 409,
    "attachments.nothing_announced": 404,
}


@allow(Permission.EVIDENCE_ADD, "POST")
def announce(request: HttpRequest, household_id: int) -> JsonResponse:
    """Begin a sending or take it up again; say how many bytes are here."""

    def subject() -> Subject:
        return subject_of(
            registry.household_get(viewer=request.post, household_id=household_id)
        )

    return announced(request, subject)


@allow(Permission.EVIDENCE_ADD, "PUT")
def chunk(request: HttpRequest, key: str) -> JsonResponse:
    """Take a chunk; say how many bytes are here."""
    offset = request.headers.get("Upload-Offset", "")

    def act() -> dict[str, int]:
        received = incoming.chunk_take(
            user_id=request.user.pk,
            key=key,
            offset=int(offset) if offset.isascii() and offset.isdigit() else -1,
            chunk=request.body,
        )
        return {"received": received}

    return answered(act)


@allow(Permission.EVIDENCE_ADD, "POST")
def finish(request: HttpRequest, key: str) -> JsonResponse:
    """Make a file of a sending that is whole."""

    def act() -> dict[str, int]:
        made = services.sending_finish(key=key, by=request.post, at=timezone.now())
        return {"file": made.pk}

    return answered(act)


def announced(request: HttpRequest, subject: Callable[[], Subject]) -> JsonResponse:
    """Begin a sending about a subject, or take it up; say how many bytes are here."""

    def act() -> dict[str, int]:
        said = request.POST
        size = said.get("size", "")
        sent = Sent(
            said.get("key", ""),
            said.get("name", ""),
            said.get("digest", ""),
            int(size) if size.isascii() and size.isdigit() else 0,
        )
        secret = said.get("mask") == Mask.SECRET.value
        about = incoming.Announced(
            sent, subject(), (Mask.SECRET if secret else Mask.PERSONAL).value
        )
        received = incoming.announce(
            user_id=request.user.pk, announced=about, limits=storage.limits()
        )
        return {"received": received}

    return answered(act)


def answered(act: Callable[[], dict[str, int]]) -> JsonResponse:
    """Return what an act says, or why it was refused, as JSON."""
    try:
        return JsonResponse(act())
    except XiuhuaError as error:
        status = _STATUS.get(error.code, STATUS_OF.get(error.code, 400))
        said = {"code": error.code, "message": error.worded(translator(language()))}
        here = error.values.get("here")
        return JsonResponse(
            said | ({} if here is None else {"received": here}), status=status
        )
