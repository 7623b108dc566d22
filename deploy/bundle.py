"""Pack an installation for a machine without internet: `python deploy/bundle.py`.

One archive with our wheel, the wheels of everything it needs (those of the lock file,
with their hashes), an installer for Linux and the files of deployment. It is built on a
machine of the same system and Python; `--platform` and `--python` name another.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from collections.abc import Iterator
from importlib.metadata import distribution, version
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


ROOT: Final = Path(__file__).parents[1]
LOCK: Final = ROOT / "requirements" / "dev.txt"
EXTRAS: Final = ("web", "documents")
# What lies beside the wheels.
FILES: Final = (
    "deploy/install.sh",
    "deploy/nginx.conf",
    "deploy/xiuhua.service",
    "deploy/WINDOWS.txt",
    "docs/howto/deploy.md",
    "docs/howto/back-up.md",
    "docs/howto/begin-a-county.md",
    "LICENSE",
)


def needed(name: str, extras: tuple[str, ...]) -> set[str]:
    """Return the names of all distributions one needs with some of its extras."""
    found: set[str] = set()
    ahead = [(name, frozenset(extras))]
    done = set()
    while ahead:
        one = ahead.pop()
        if one in done:
            continue
        done.add(one)
        for text in distribution(one[0]).requires or []:
            wanted = Requirement(text)
            if _is_asked(wanted, one[1]):
                found.add(canonicalize_name(wanted.name))
                ahead.append((wanted.name, frozenset(wanted.extras)))
    return found


def _is_asked(wanted: Requirement, extras: frozenset[str]) -> bool:
    if wanted.marker is None:
        return True
    return any(wanted.marker.evaluate({"extra": e}) for e in ("", *extras))


def pinned(names: set[str]) -> str:
    """Return the lines of the lock file for these distributions, with their hashes.

    Raises:
        SystemExit: when one of them is not in the lock file.
    """
    text = LOCK.read_text(encoding="utf-8")
    blocks = re.split(r"(?m)^(?=[A-Za-z0-9])", text)
    kept = {
        canonicalize_name(re.split(r"[=\s\[]", block)[0]): block
        for block in blocks
        if "==" in block
    }
    if missing := names - kept.keys():
        raise SystemExit(f"not in {LOCK.name}: {', '.join(sorted(missing))}")
    return "".join(kept[name] for name in sorted(names))


def built(folder: Path, *, platform: str, python: str) -> Path:
    """Write the content of the bundle into a folder, return the folder."""
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    lines = folder / "requirements.txt"
    lines.write_text(pinned(needed("xiuhua", EXTRAS)), encoding="utf-8", newline="\n")
    words = ["--no-deps", "--require-hashes", "--only-binary", ":all:"]
    if platform:
        words += ["--platform", platform, "--python-version", python]
    _run(*pip, "download", *words, "-r", str(lines), "-d", str(wheels))
    own = ["--no-deps", "--no-build-isolation", "-w", str(wheels), str(ROOT)]
    _run(*pip, "wheel", *own)
    for name in FILES:
        shutil.copy(ROOT / name, folder)
    sums = "".join(f"{_digest(p)}  {n}\n" for n, p in _inside(folder))
    (folder / "SHA256SUMS").write_text(sums, encoding="utf-8", newline="\n")
    return folder


def _run(*words: str) -> None:
    subprocess.run(words, check=True)


def _inside(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def main() -> None:
    """Build the archive and say where it lies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=ROOT / "dist")
    parser.add_argument("--platform", default="", help="such as win_amd64")
    parser.add_argument("--python", default="3.11")
    given = parser.parse_args()
    place = given.platform or sysconfig.get_platform().replace("-", "_")
    name = f"xiuhua-{version('xiuhua')}-{place}"
    given.to.mkdir(parents=True, exist_ok=True)
    target = given.to / f"{name}.tar.gz"
    with tempfile.TemporaryDirectory() as work:
        folder = built(Path(work) / name, platform=given.platform, python=given.python)
        with tarfile.open(target, "w:gz", compresslevel=1) as tar:
            tar.add(folder, arcname=name)
    print(target)
    print(f"{target.stat().st_size / 1e6:.0f} MB, SHA-256 {_digest(target)}")


if __name__ == "__main__":
    main()
