"""Print the help of every command as JSON, in the language of XIUHUA_LANG.

A process of its own: the words of the help are chosen when the commands are imported.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Final

import click

from xiuhua.config.commands import group


WIDTH: Final = 88


def helps(command: click.Command, name: str) -> Iterator[tuple[str, str]]:
    """Yield the name and help of a command and of those below it."""
    context = click.Context(command, info_name=name, max_content_width=WIDTH)
    context.terminal_width = WIDTH
    yield name, command.get_help(context)
    if isinstance(command, click.Group):
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            if found is not None:
                yield from helps(found, f"{name} {child}")


if __name__ == "__main__":
    json.dump(dict(helps(group, "xiuhua")), sys.stdout)
