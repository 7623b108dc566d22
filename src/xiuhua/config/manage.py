"""`xiuhua manage`: Django's own commands and those of our apps."""

from __future__ import annotations

import os

import click

from xiuhua.cli.language import example, paragraphs, say


@click.command(
    context_settings={
        "ignore_unknown_options": True,
        "allow_interspersed_args": False,
    },
    help=paragraphs(
        say("Run a command of the server; `xiuhua manage help` lists them."),
        example("xiuhua manage establish_administrators"),
    ),
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def manage(words: tuple[str, ...]) -> None:
    """Hand the words over to Django."""
    from django.core.management import (  # noqa: PLC0415  no other command needs it
        execute_from_command_line,
    )

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiuhua.config.settings")
    execute_from_command_line(["xiuhua manage", *words])
