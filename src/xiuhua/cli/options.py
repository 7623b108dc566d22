"""Options several commands share."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import click

from xiuhua.cli.language import lang_option, say
from xiuhua.core.region_codes import level_of
from xiuhua.core.screening.run import DEFAULT_PACK, DEFAULT_VILLAGE_PACK


class DayType(click.ParamType[date]):
    """A day written 2019-11-22."""

    name = "date"

    def convert(self, value: Any, param: Any, ctx: Any) -> date:
        """Return the day."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(say("{value} is no day; write 2019-11-22").format(value=value))


class RegionType(click.ParamType[str]):
    """A division code."""

    name = "code"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """Return the code."""
        if value and level_of(value) is None:
            text = say("{value} is no division code of 2, 4, 6, 9 or 12 digits")
            self.fail(text.format(value=value))
        return str(value)


def registry_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the argument REGISTRY."""
    path = click.Path(path_type=Path)
    return click.argument("registry", type=path)(command)


def packs_dir_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--packs-dir`, a folder with packs beside those shipped."""
    return click.option(
        "--packs-dir",
        type=click.Path(file_okay=False, exists=True, path_type=Path),
        help=say("Folder with packs of your own, beside those shipped."),
    )(command)


def standard_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that choose the standard in force."""
    options: list[Callable[[Callable[..., Any]], Callable[..., Any]]] = [
        click.option(
            "--pack",
            default=DEFAULT_PACK,
            show_default=True,
            help=say("Standard households are judged by; see `xiuhua packs list`."),
        ),
        click.option(
            "--village-pack",
            default=DEFAULT_VILLAGE_PACK,
            show_default=True,
            help=say("Standard villages are judged by."),
        ),
        click.option(
            "--region",
            type=RegionType(),
            required=True,
            help=say("Division code of the region; rows outside it are faults."),
        ),
        click.option(
            "--as-of",
            type=DayType(),
            required=True,
            help=say("Day of judgement, such as 2019-11-22."),
        ),
        click.option(
            "--param",
            "params",
            multiple=True,
            metavar="NAME=VALUE",
            help=say("Give a parameter of the standard; on record as given."),
        ),
        packs_dir_option,
        lang_option,
    ]
    for option in reversed(options):
        command = option(command)
    return command


def parsed_params(pairs: Iterable[str]) -> dict[str, str]:
    """Return `NAME=VALUE` pairs as a dictionary.

    Raises:
        click.BadParameter: when a pair has no equals sign.
    """
    params = {}
    for pair in pairs:
        name, found, value = pair.partition("=")
        if not found:
            raise click.BadParameter(say("{pair}: write NAME=VALUE").format(pair=pair))
        params[name.strip()] = value.strip()
    return params


def show_progress(text: str) -> None:
    """Show what is being done on a terminal; a pipe or file gets nothing."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)


def end_progress() -> None:
    """Clear the line of progress."""
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
