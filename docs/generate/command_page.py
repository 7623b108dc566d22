"""The page of the commands: their own help, in both languages."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Final

from docs.generate.markdown import code_block, page


_ROOT: Final = Path(__file__).parents[2]
_INTRO: Final = """\
`--lang zh|en` (or the environment variable `XIUHUA_LANG`) chooses the language; Chinese
is the default. The order of columns, the words for verdicts and the exit codes are a
contract: scripts may rely on them.
"""


@cache
def command_helps(language: str) -> dict[str, str]:
    """Return the help of every command by its full name."""
    done = subprocess.run(
        [sys.executable, "-m", "docs.generate.command_help"],
        cwd=_ROOT,
        env=os.environ | {"XIUHUA_LANG": language, "PYTHONUTF8": "1"},
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
    )
    helps: dict[str, str] = json.loads(done.stdout)
    return helps


def command_page() -> str:
    """Return the page of all commands."""
    zh, en = command_helps("zh"), command_helps("en")
    parts = [
        f"## {name}\n\n{code_block(text)}\n\n{code_block(en[name])}"
        for name, text in zh.items()
    ]
    return page("命令 · Commands", _INTRO.strip(), *parts)
