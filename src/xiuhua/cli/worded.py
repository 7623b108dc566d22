"""Commands whose help is worded in the language of the interface."""

from __future__ import annotations

from collections.abc import Callable
from inspect import cleandoc
from typing import Any, TypeVar

import click

from xiuhua.cli.language import LANGUAGE
from xiuhua.messages import translator


def interface_language() -> str:
    """Return the language of the command line."""
    return LANGUAGE


def say(message: str, **values: object) -> str:
    """Return a message in the language of the interface, with values filled in."""
    return translator(interface_language())(message).format(**values)


F = TypeVar("F", bound=Callable[..., Any])


class WordedOption(click.Option):
    """An option whose help is looked up in the catalog when it is shown."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the names and the worded help."""
        original = self.help
        try:
            if original:
                self.help = translator(interface_language())(original)
            return super().get_help_record(ctx)
        finally:
            self.help = original


class WordedCommand(click.Command):
    """A command whose description is looked up paragraph by paragraph."""

    def format_help_text(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the description in the language of the interface."""
        word = translator(interface_language())
        original = self.help
        try:
            self.help = "\n\n".join(
                word(" ".join(part.split())) if not part.startswith("\b") else part
                for part in cleandoc(original or "").split("\n\n")
            )
            super().format_help_text(ctx, formatter)
        finally:
            self.help = original

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first sentence for the list of commands."""
        first = " ".join(cleandoc(self.help or "").split("\n\n")[0].split())
        return translator(interface_language())(first)


class WordedGroup(WordedCommand, click.Group):
    """A group whose description is worded like that of its commands."""

    command_class = WordedCommand


def option(*names: str, **settings: Any) -> Callable[[F], F]:
    """Declare an option with worded help."""
    return click.option(*names, cls=WordedOption, **settings)
