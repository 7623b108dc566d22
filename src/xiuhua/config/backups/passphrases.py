"""The passphrase of backups: from the file of the settings, else asked for."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import click
from django.conf import settings

from xiuhua.cli.language import say
from xiuhua.core.errors import Place, XiuhuaError


LEAST_CHARACTERS: Final = 12


class PassphraseMissing(XiuhuaError):
    """There is no passphrase to seal or open a backup with, or it is too short."""

    code = "config.passphrase_missing"


def kept_passphrase() -> str:
    """Return the passphrase of the file, empty when none is named.

    Raises:
        PassphraseMissing: when the named file cannot be read or says too little.
    """
    if not settings.BACKUP_PASSPHRASE_FILE:
        return ""
    path = Path(settings.BACKUP_PASSPHRASE_FILE)
    try:
        return checked(path.read_text(encoding="utf-8").strip())
    except OSError as error:
        raise PassphraseMissing(
            "the passphrase cannot be read", where=Place(file=str(path))
        ) from error


def asked_passphrase(*, twice: bool) -> str:
    """Return the passphrase of the file, else what is typed on the keyboard.

    Raises:
        PassphraseMissing: when there is neither.
    """
    if kept := kept_passphrase():
        return kept
    if not sys.stdin.isatty():
        raise PassphraseMissing(
            "no passphrase for the backup",
            hint="name a file with it in XIUHUA_BACKUP_PASSPHRASE_FILE",
        )
    return checked(
        click.prompt(say("Passphrase"), hide_input=True, confirmation_prompt=twice)
    )


def checked(passphrase: str) -> str:
    """Return a passphrase.

    Raises:
        PassphraseMissing: when it is too short.
    """
    if len(passphrase) < LEAST_CHARACTERS:
        raise PassphraseMissing(
            "a passphrase has at least {count} characters", count=LEAST_CHARACTERS
        )
    return passphrase
