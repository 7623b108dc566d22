"""Where the log goes, and the second net that keeps personal data out of it.

The first net is that nothing personal is logged. Should a message or a traceback quote
a record all the same, valid identity numbers and phone numbers in it are masked.
"""

from __future__ import annotations

import logging
import logging.handlers
import os
import re
from pathlib import Path
from typing import Any, Final

from xiuhua.core.id_number import check_character


# Names the part of the server a process is: each has a file of its own.
PART: Final = "XIUHUA_PART"

_ID_NUMBER: Final = re.compile(r"(?<![0-9])([1-9][0-9]{16})([0-9Xx])(?![0-9])")
_PHONE: Final = re.compile(r"(?<![0-9])(1[3-9][0-9])[0-9]{4}([0-9]{4})(?![0-9])")
_BYTES: Final = 5_000_000
_FILES: Final = 10


def masked(text: str) -> str:
    """Return a text whose valid identity numbers and phone numbers are masked.

    >>> masked("id 99012619330319911X, phone 13912345678, order 123")
    'id ******************, phone 139****5678, order 123'
    """
    return _PHONE.sub(r"\1****\2", _ID_NUMBER.sub(_hidden, text))


def _hidden(match: re.Match[str]) -> str:
    body, check = match.groups()
    return "*" * 18 if check_character(body) == check.upper() else match[0]


class MaskingFormatter(logging.Formatter):
    """Write a record as a line, tracebacks included, with numbers masked."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the masked text of a record."""
        return masked(super().format(record))


def log_settings(folder: Path, *, to_files: bool) -> dict[str, Any]:
    """Return the settings of Python's logging."""
    handler: dict[str, Any] = {"class": "logging.StreamHandler"}
    if to_files:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handler = {
            "class": "logging.handlers.RotatingFileHandler",
            "filename": folder / f"{os.environ.get(PART, 'command')}.log",
            "maxBytes": _BYTES,
            "backupCount": _FILES - 1,
            "encoding": "utf-8",
        }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": "xiuhua.config.log_files.MaskingFormatter",
                "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
            }
        },
        "handlers": {"given": handler | {"formatter": "line"}},
        "root": {"handlers": ["given"], "level": "WARNING"},
    }
