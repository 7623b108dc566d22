"""The files of the repository, for the tests of the house rules."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path
from typing import Final


ROOT: Final = Path(__file__).parents[2]
SOURCE: Final = ROOT / "src" / "xiuhua"
GENERATED: Final = ROOT / "docs" / "reference"


@cache
def repository_files() -> tuple[Path, ...]:
    """Return every file that is or would be committed."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    paths = (ROOT / name for name in listed.split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


def python_files(*folders: Path) -> list[Path]:
    """Return the Python files of some folders, all of them by default.

    Migrations are left out: Django writes them.
    """
    files = [
        path
        for path in repository_files()
        if path.suffix == ".py" and "migrations" not in path.parts
    ]
    if not folders:
        return files
    return [f for f in files if any(f.is_relative_to(folder) for folder in folders)]


@cache
def module_of(path: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def documents() -> list[Path]:
    """Return every Markdown document outside the test data."""
    return [
        path
        for path in repository_files()
        if path.suffix == ".md" and not path.is_relative_to(ROOT / "tests")
    ]


def shown(path: Path) -> str:
    """Return a path as it is written in messages."""
    return path.relative_to(ROOT).as_posix()
