"""Time a helper for each of 10,000 households among 2,000 helpers, six at most each.

Two counties of 100 villages: in one the households need few kinds of help, so many
are alike; in the other every household is different. The whole match is timed, from
parties to reasons. Prints seconds and peak memory and keeps them in
benchmarks/results.
"""

from __future__ import annotations

import argparse

import numpy as np
from measure import in_child, record, run_child

from xiuhua.core.teams.matching import Party, match_helpers


HOUSEHOLDS, VILLAGES, HELPERS, CAP = 10_000, 100, 2_000, 6
TOPICS = ("work", "school", "health", "house")
# Into how many steps a need from 0 to 1 is divided.
STEPS = {"few_kinds_of_household": 1, "every_household_different": 1_000}


def parties(steps: int) -> tuple[list[Party], list[Party]]:
    random = np.random.Generator(np.random.PCG64(1))
    villages = 60 * random.random((VILLAGES, 2))
    homes = 60 * random.random((HELPERS, 2))
    needs = random.integers(0, steps + 1, (HOUSEHOLDS, len(TOPICS))) / steps / 4
    skills = random.integers(0, 11, (HELPERS, len(TOPICS))) / 10
    households = [
        Party(f"h{i:05}", dict(zip(TOPICS, map(float, n), strict=True)), *place)
        for i, n in enumerate(needs)
        for place in [map(float, villages[i * VILLAGES // HOUSEHOLDS])]
    ]
    helpers = [
        Party(f"p{i:05}", dict(zip(TOPICS, map(float, s), strict=True)), *map(float, h))
        for i, (s, h) in enumerate(zip(skills, homes, strict=True))
    ]
    return households, helpers


def match(county: str) -> None:
    households, helpers = parties(STEPS[county])
    in_child(lambda: print(len(match_helpers(households, helpers, caps=CAP))))


def main() -> None:
    sizes = {"households": HOUSEHOLDS, "helpers": HELPERS, "cap": CAP}
    found = {county: run_child([__file__, "--child", county]) for county in STEPS}
    for county, took in found.items():
        print(f"{county}: {took['wall_s']:.1f} s, {took['peak_mb']:.0f} MB")
    print(record("helpers", {"sizes": sizes, **found}))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--child", choices=list(STEPS))
    child = parser.parse_args().child
    match(child) if child else main()
