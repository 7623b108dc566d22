"""Tell the apps above that a file is to be removed, without knowing them.

`settings.ATTACHMENT_FOLLOWERS` names functions `(*, attachment, by, at)`. They are
called in the transaction of the removal, before it: when one refuses, the file stays.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.attachments.models import Attachment


def tell(*, attachment: Attachment, by: Post, at: datetime) -> None:
    """Call every follower with the file that is to be removed."""
    for path in settings.ATTACHMENT_FOLLOWERS:
        _follower(path)(attachment=attachment, by=by, at=at)


@cache
def _follower(path: str) -> Callable[..., None]:
    return import_string(path)
