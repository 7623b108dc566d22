"""Set up Django for a command of the application."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from xiuhua.cli.language import say


def django_ready() -> None:
    """Set up Django with the settings of the environment; again does nothing."""
    import django  # noqa: PLC0415  other commands and every help do without

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiuhua.config.settings")
    django.setup()


def data_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--data FOLDER` to a command: the data folder of the installation."""

    def choose(
        _ctx: click.Context, _param: click.Parameter, value: Path | None
    ) -> None:
        if value is not None:
            os.environ["XIUHUA_DATA_DIR"] = str(value)

    option = click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        callback=choose,
        expose_value=False,
        is_eager=True,
        help=say("Data folder; otherwise XIUHUA_DATA_DIR, otherwise `var` here."),
    )
    return option(command)
