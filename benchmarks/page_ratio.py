"""Say how much dearer pages are in a larger registry: both are asked by turns.

    python page_ratio.py SMALL_DIR BIG_DIR --name county_sqlite
    python page_ratio.py SMALL_DIR BIG_DIR --databases SMALL_URL BIG_URL --name ...

A machine is not equally fast from one minute to the next, so one run of each says
little: the ratio is the median over rounds in which either registry is asked once.
Figures go to `results/page_ratio_<name>.json`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Final

from measure import HERE, record


ROUNDS: Final = 5
MOST_RATIO: Final = 1.3
PAGES: Final = ("save", "household", "room_county")


def asked(folder: str, database: str) -> dict[str, float]:
    """Return the milliseconds of each page at the median, asked by a new process."""
    done = subprocess.run(
        [
            *(sys.executable, "-W", "ignore", str(HERE / "pages.py")),
            *("--data-dir", folder, "--database", database, "--only", *PAGES),
        ],
        check=True,
        cwd=HERE,
        stdout=subprocess.PIPE,
        text=True,
    )
    lines = [line.split(" ", 1) for line in done.stdout.splitlines()]
    return {name: json.loads(said)["p50_ms"] for name, said in lines if name in PAGES}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs=2, metavar="DIR")
    parser.add_argument("--databases", nargs=2, default=("sqlite", "sqlite"))
    parser.add_argument("--name", required=True)
    said = parser.parse_args()
    folders = [str(Path(folder).resolve()) for folder in said.folders]
    rounds = [
        [asked(*one) for one in zip(folders, said.databases, strict=True)]
        for _ in range(ROUNDS)
    ]
    found = {}
    for name in PAGES:
        each = [round(big[name] / small[name], 2) for small, big in rounds]
        found[name] = {
            "ratio": median(each),
            "rounds": each,
            "met": median(each) <= MOST_RATIO,
        }
        print(name, found[name])
    print(record(f"page_ratio_{said.name}", {"most": MOST_RATIO, "pages": found}))


if __name__ == "__main__":
    main()
