"""The made-up population the benchmarks share, written once and kept."""

from __future__ import annotations

from pathlib import Path

from hand_written import AS_OF

from xiuhua.core.synthetic.files import README_FILE, write_population
from xiuhua.core.synthetic.population import Recipe


DATA = Path(__file__).parents[1] / "build" / "bench"


def population_of(households: int, style: str = "west", root: Path = DATA) -> Path:
    """Return the folder of a population, writing it when it is not there."""
    folder = root / f"{style}-{households}"
    if not (folder / README_FILE).exists():
        write_population(
            Recipe(households, seed=1, style=style, as_of=AS_OF), folder, "parquet"
        )
    return folder
