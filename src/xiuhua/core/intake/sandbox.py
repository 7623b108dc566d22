"""Start the parsing child for a file; its end becomes sheets or one clear error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from xiuhua.core.errors import Place, XiuhuaError
from xiuhua.core.intake.child import CPU_SECONDS, MEMORY_BYTES, UNREADABLE
from xiuhua.core.intake.sources import SourceFile


WALL_SECONDS: Final = 900


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
    memory_bytes: int = MEMORY_BYTES,
    cpu_seconds: int = CPU_SECONDS,
    wall_seconds: int = WALL_SECONDS,
) -> tuple[list[Path], list[str]]:
    """Parse a file into `out`; return its raw sheets and the titles not understood.

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
        "memory_bytes": memory_bytes,
        "cpu_seconds": cpu_seconds,
    }
    job_path = out / "job.json"
    job_path.write_text(json.dumps(job, ensure_ascii=False), encoding="utf-8")
    _run(file, job_path, wall_seconds)
    answer: dict[str, Any] = json.loads((out / "answer.json").read_bytes())
    if "code" in answer:
        error = FileDamaged(
            answer["message"], where=Place(file.name), hint=answer["hint"]
        )
        error.code = answer["code"]
        raise error
    return [out / name for name in answer["sheets"]], answer["not_understood"]


def _run(file: SourceFile, job_path: Path, wall_seconds: int) -> None:
    command = [sys.executable, "-m", "xiuhua.core.intake.child", str(job_path)]
    # Pools that reserve addresses ahead would eat up the limit on the address space.
    environment = {
        **os.environ,
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    try:
        ended = subprocess.run(  # noqa: S603  our own module, no shell
            command,
            env=environment,
            capture_output=True,
            timeout=wall_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _too_large(file) from error
    if ended.returncode == UNREADABLE:
        raise FileDamaged("the file is damaged", where=Place(file.name))
    if ended.returncode != 0 or not job_path.with_name("answer.json").exists():
        raise _too_large(file)


def _too_large(file: SourceFile) -> FileTooLarge:
    return FileTooLarge(
        "the file needs more memory or time to be read than a registry can need",
        where=Place(file.name),
        hint="remove stray cells far from the data, or split it by township",
    )
