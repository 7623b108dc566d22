"""Answer a statistical case: `python tests/statcase.py CASE_DIR OUT.json`.

Reads CASE_DIR/spec.json, whatever data it names, and writes the answers in the shape
of the folder's expected.json. Nothing here estimates: it maps the grammar of the
cases onto the public functions of `xiuhua.core.survey`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


# Run as a script, this file's folder is on the path, not the project's.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.statcases import (
    alkire_foster,
    allocation,
    assignment,
    auc,
    binomial,
    grouped_lorenz,
    id_number,
    inequality,
    pps,
    survey,
    zero_events,
)

from xiuhua.core.errors import XiuhuaError


KINDS = {
    "af": alkire_foster.answer,
    "allocation": allocation.answer,
    "assignment": assignment.answer,
    "auc": auc.answer,
    "binomial_ci": binomial.answer,
    "grouped_lorenz": grouped_lorenz.answer,
    "id_number": id_number.answer,
    "inequality": inequality.answer,
    "pps": pps.answer,
    "survey": survey.answer,
    "zero_events": zero_events.answer,
}


def main(arguments: list[str]) -> int:
    if len(arguments) != 2:
        sys.stderr.write("usage: statcase.py CASE_DIR OUT.json\n")
        return 2
    folder, out = Path(arguments[0]), Path(arguments[1])
    spec = json.loads((folder / "spec.json").read_text(encoding="utf-8"))
    kind = spec.get("kind")
    if kind not in KINDS:
        known = ", ".join(sorted(KINDS))
        sys.stderr.write(f"{folder}: no kind {kind!r}; known kinds: {known}\n")
        return 2
    try:
        answers = KINDS[kind](folder, spec)
    except XiuhuaError as error:
        sys.stderr.write(f"{folder}: {error.code}: {error}\n")
        return 2
    text = json.dumps(answers, ensure_ascii=False, indent=1, allow_nan=False)
    out.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
