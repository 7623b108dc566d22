"""Answer cases of kind `id_number`: which numbers are of the right form."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from xiuhua.core.id_number import is_valid_identity


def answer(case_dir: Path, spec: dict[str, Any]) -> dict[str, Any]:
    with (case_dir / spec["data"]).open(encoding="utf-8", newline="") as file:
        numbers = [row["id_no"] for row in csv.DictReader(file)]
    valid = {str(i): int(is_valid_identity(number)) for i, number in enumerate(numbers)}
    return {"n": len(numbers), "n_valid": sum(valid.values()), "valid": valid}
