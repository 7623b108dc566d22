"""Start the parsing child for a file; its end becomes sheets or one clear error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from xiuhua.core.errors import Place, XiuhuaError
from xiuhua.core.intake.child import CPU_SECONDS, MEMORY_BYTES, UNREADABLE
from xiuhua.core.intake.sources import SourceFile
from xiuhua.core.tables import REGISTRY_LEVELS


WALL_SECONDS: Final = 900
_LOOK_EVERY_SECONDS: Final = 0.05


class FileDamaged(XiuhuaError):
    """A file cannot be parsed; the code of the child's own error is kept."""

    code = "intake.damaged"


class FileTooLarge(XiuhuaError):
    """Parsing a file needed more memory or time than a registry can need."""

    code = "intake.too_large"


def parse(
    file: SourceFile,
    out: Path,
    *,
    levels: tuple[str, ...] = REGISTRY_LEVELS,
    mapping: Mapping[str, str] | None = None,
    known: Collection[str] = (),
    memory_bytes: int = MEMORY_BYTES,
    cpu_seconds: int = CPU_SECONDS,
    wall_seconds: float = WALL_SECONDS,
) -> Iterator[Path | str]:
    """Parse a file into `out`; yield each raw sheet, or the title not understood.

    A sheet is yielded as soon as it is written, while the child parses the next.

    Only sheets of one of `levels` are understood; with a `mapping` (header to field,
    see `mapping`) only sheets that have its headers, with an empty one every sheet,
    each of its columns as plain text; `known` heads then help to find the header.

    Raises:
        FileDamaged: when the child could not read the file.
        FileTooLarge: when the child ran into its limits.
    """
    out.mkdir(parents=True)
    job = {
        "path": str(file.path.resolve()),
        "name": file.name,
        "form": file.form.value,
        "out": str(out.resolve()),
        "levels": list(levels),
        "mapping": None if mapping is None else dict(mapping),
        "known": sorted(known),
        "memory_bytes": memory_bytes,
        "cpu_seconds": cpu_seconds,
    }
    job_path = out / "job.json"
    job_path.write_text(json.dumps(job, ensure_ascii=False), encoding="utf-8")
    done = 0
    for sheets in _written(file, job_path, wall_seconds):
        yield from sheets[done:]
        done = len(sheets)
    answer: dict[str, Any] = json.loads((out / "answer.json").read_bytes())
    if "code" in answer:
        error = FileDamaged(
            answer["message"],
            where=Place(file.name),
            hint=answer["hint"],
            **answer["values"],
        )
        error.code = answer["code"]
        raise error
    yield from answer["not_understood"]


def _written(
    file: SourceFile, job_path: Path, wall_seconds: float
) -> Iterator[list[Path]]:
    """Run the child; yield the sheets finished so far, again and again till it ends."""
    command = [sys.executable, "-m", "xiuhua.core.intake.child", str(job_path)]
    # Pools that reserve addresses ahead would eat up the limit on the address space.
    environment = {
        **os.environ,
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    out, last = job_path.parent, time.monotonic() + wall_seconds
    child = subprocess.Popen(  # noqa: S603  our own module, no shell
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        ended = None
        while ended is None:
            try:
                ended = child.wait(_LOOK_EVERY_SECONDS)
            except subprocess.TimeoutExpired:
                if time.monotonic() > last:
                    raise _too_large(file) from None
            yield sorted(out.glob("*.arrow"))
    finally:
        child.kill()
        child.wait()
    if ended == UNREADABLE:
        raise FileDamaged("the file is damaged", where=Place(file.name))
    if ended != 0 or not (out / "answer.json").exists():
        raise _too_large(file)


def _too_large(file: SourceFile) -> FileTooLarge:
    return FileTooLarge(
        "the file needs more memory or time to be read than a registry can need",
        where=Place(file.name),
        hint="remove stray cells far from the data, or split it by township",
    )
