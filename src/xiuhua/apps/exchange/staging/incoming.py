"""A file that is being sent in: kept sealed while its digest is taken."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import PurePath
from typing import IO

from django.conf import settings

from xiuhua.apps.exchange.rules import KeptFile, check_file
from xiuhua.apps.exchange.staging import store
from xiuhua.apps.exchange.staging.reading import safe_name


def file_keep(*, source: IO[bytes], name: str, size: int) -> KeptFile:
    """Keep a file for an upload that is about to be registered.

    Raises:
        FileRefused: when its ending, or its size, is not taken.
    """
    most = settings.UPLOAD_MEGABYTES << 20
    tidy = safe_name(name)
    check_file(ending=PurePath(tidy).suffix, size=size, most=most)
    key = store.new_key()
    counted = _Counted(source)
    path = store.folder(store.UPLOADS, key) / store.SOURCE
    try:
        store.keep(counted, path)  # type: ignore[arg-type]
        # What the browser announced is not believed.
        check_file(ending=PurePath(tidy).suffix, size=counted.size, most=most)
    except BaseException:
        shutil.rmtree(path.parent, ignore_errors=True)
        raise
    return KeptFile(key, tidy, counted.digest.hexdigest(), counted.size)


class _Counted:
    """A stream that is counted and hashed while it is read."""

    def __init__(self, source: IO[bytes]):
        self._source = source
        self.digest = hashlib.sha256()
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        data = self._source.read(size)
        self.digest.update(data)
        self.size += len(data)
        return data
