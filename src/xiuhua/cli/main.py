"""The command `xiuhua`: subcommands are imported only when they are called."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Sequence
from typing import ClassVar, Final

import click

import xiuhua
from xiuhua.cli.language import lang_option, say
from xiuhua.core.errors import XiuhuaError


# name: (module, attribute, what it does)
COMMANDS: Final = {
    "screen": ("xiuhua.cli.screen", "screen", "judge a county household by household"),
    "explain": ("xiuhua.cli.explain", "explain", "judge one household step by step"),
    "check": ("xiuhua.cli.check", "check", "find the faults of a workbook by cell"),
    "template": ("xiuhua.cli.template", "template", "write an empty workbook"),
    "packs": ("xiuhua.cli.packs", "packs", "list, show, check, compare standards"),
    "sample": ("xiuhua.cli.sample", "sample", "design, draw and verify a sample"),
    "teams": ("xiuhua.cli.teams", "teams", "balance teams and match helpers"),
    "estimate": ("xiuhua.cli.estimate", "estimate", "three rates and one degree"),
    "synth": ("xiuhua.cli.synth", "synth", "make a made-up population"),
}
EXIT_OK: Final = 0
EXIT_REFUSED: Final = 1
EXIT_USAGE: Final = 2
EXIT_INTERRUPTED: Final = 130
EXIT_CODES: Final = {
    EXIT_OK: "done; faults in the data are no failure of the command",
    EXIT_REFUSED: "refused: a file, pack, date or parameter is not what it should be",
    EXIT_USAGE: "the command was not written as it should be",
    EXIT_INTERRUPTED: "interrupted; nothing half-written is left",
}


class LazyGroup(click.Group):
    """A group whose commands are imported on use, so that help is quick."""

    table: ClassVar[dict[str, tuple[str, str, str]]] = COMMANDS

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands in working order."""
        return [n for n, (module, *_) in self.table.items() if _exists(module)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, None when there is none of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module, attribute, _ = self.table[cmd_name]
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)  # noqa: S101  the table says so
        return command

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """List the commands without importing them, and the exit codes."""
        rows = [(name, say(self.table[name][2])) for name in self.list_commands(ctx)]
        with formatter.section(say("Commands")):
            formatter.write_dl(rows)
        with formatter.section(say("Exit codes")):
            formatter.write_dl([(str(c), say(t)) for c, t in EXIT_CODES.items()])


def _exists(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


@click.group(
    "xiuhua",
    cls=LazyGroup,
    help=say(
        "Targeted poverty alleviation, household by household. `xiuhua COMMAND "
        "--help` explains a command; `--lang en` speaks English."
    ),
)
@click.version_option(xiuhua.__version__, prog_name="xiuhua")
@lang_option
def group() -> None:
    """Hold the commands together."""


def run(argv: Sequence[str], command: click.Group = group) -> int:
    """Run a command line and return its exit code, see EXIT_CODES."""
    try:
        command.main(args=list(argv), prog_name="xiuhua", standalone_mode=False)
    except XiuhuaError as error:
        print(f"xiuhua: {error.worded(say)}", file=sys.stderr)
        return EXIT_REFUSED
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.UsageError as error:
        error.show()
        return EXIT_USAGE
    except (click.Abort, KeyboardInterrupt):
        print(say("xiuhua: interrupted"), file=sys.stderr)
        return EXIT_INTERRUPTED
    return EXIT_OK
