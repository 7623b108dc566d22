"""All commands of `xiuhua`: those of the core and those of the application.

A command is imported when it is called; the ones of the core never touch Django.
"""

from __future__ import annotations

import importlib.util
from typing import Final

import click

import xiuhua
from xiuhua.cli.language import lang_option, say
from xiuhua.cli.main import COMMANDS, LazyGroup


APPLICATION: Final = {
    "demo": ("xiuhua.config.demo", "demo", "run an invented county"),
    "serve": ("xiuhua.config.serve", "serve", "run the server"),
    "backup": ("xiuhua.config.backup", "backup", "make a sealed backup"),
    "restore": ("xiuhua.config.backup", "restore", "restore a backup, or rehearse it"),
    "upgrade": ("xiuhua.config.upgrade", "upgrade", "bring the database up to date"),
    "health": ("xiuhua.config.health", "health", "say how the installation is"),
    "manage": ("xiuhua.config.manage", "manage", "run a command of the server"),
}


class WholeGroup(LazyGroup):
    """The commands of the core, and the application's where Django is installed."""

    table = COMMANDS | APPLICATION

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands this installation can run."""
        names = super().list_commands(ctx)
        if importlib.util.find_spec("django") is None:
            return [name for name in names if name not in APPLICATION]
        return names


@click.group(
    "xiuhua",
    cls=WholeGroup,
    help=say(
        "Targeted poverty alleviation, household by household. `xiuhua COMMAND "
        "--help` explains a command; `--lang en` speaks English."
    ),
)
@click.version_option(xiuhua.__version__, prog_name="xiuhua")
@lang_option
def group() -> None:
    """Hold the commands together."""
