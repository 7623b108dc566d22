"""The language of the command line: `--lang`, else XIUHUA_LANG, else Chinese.

It is read before commands are imported, because their help is worded on import. The
words of click itself (Usage, Options, errors) follow the same choice.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from itertools import pairwise
from typing import Any, Final

import click

from xiuhua.messages import translator, word_click


def _asked() -> str:
    for flag, value in pairwise([*sys.argv[1:], ""]):
        if flag.startswith("--lang="):
            return flag.removeprefix("--lang=")
        if flag == "--lang":
            return value
    return os.environ.get("XIUHUA_LANG", "zh")


LANGUAGE: Final = "en" if _asked() == "en" else "zh"
say: Final[Callable[[str], str]] = translator(LANGUAGE)
word_click(LANGUAGE)


def paragraphs(*parts: str) -> str:
    """Return the help of a command made of several paragraphs."""
    return "\n\n".join(parts)


def example(*lines: str) -> str:
    """Return an example call for the help of a command; it is never wrapped."""
    return "\b\n" + " \\\n    ".join(lines)


def lang_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--lang zh|en` to a command; its value is in `LANGUAGE`."""
    option = click.option(
        "--lang",
        type=click.Choice(["zh", "en"]),
        default=LANGUAGE,
        expose_value=False,
        help=say("Language of messages and wording."),
    )
    return option(command)
