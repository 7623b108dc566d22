"""The parsing child: `python -m xiuhua.core.intake.child JOB`.

It parses one file and writes its sheets as Arrow files. It holds itself to limits of
memory and time where the system has them (not on Windows), so that a hostile file
ends this process and no other.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import duckdb
import fastexcel

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.intake.archives import look_at_archive
from xiuhua.core.intake.delimited import read_delimited
from xiuhua.core.intake.headers import Planner, plan_sheet
from xiuhua.core.intake.mapping import plan_mapped, plan_unknown
from xiuhua.core.intake.parquet_files import read_parquet
from xiuhua.core.intake.raw import RawSheet, write_raw
from xiuhua.core.intake.sources import FileForm, SourceFile
from xiuhua.core.intake.workbooks import read_workbook


try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

MEMORY_BYTES: Final = 1_500_000_000
CPU_SECONDS: Final = 600
UNREADABLE: Final = 3
DAMAGED: Final = "the file is damaged and cannot be read"
DAMAGED_BY: Final = "the file is damaged and cannot be read: {detail}"


def main(job_path: Path) -> int:
    """Parse the file of a job; the answer lies beside the sheets."""
    job: dict[str, Any] = json.loads(job_path.read_text(encoding="utf-8"))
    limit(job["memory_bytes"], job["cpu_seconds"])
    out = Path(job["out"])
    file = SourceFile(Path(job["path"]), job["name"], FileForm(job["form"]))
    answer: dict[str, Any] = {"not_understood": []}
    try:
        for number, sheet in enumerate(_sheets(file, out, _planner(job))):
            if isinstance(sheet, str):
                answer["not_understood"].append(sheet)
                continue
            # Under its last name only when whole: the parent takes it at once.
            part = out / f"{number:05d}.part"
            write_raw(sheet, part)
            part.rename(part.with_suffix(".arrow"))
    except XiuhuaError as error:
        answer = {
            "code": error.code,
            "message": error.message,
            "hint": error.hint,
            "values": error.values,
        }
    except (fastexcel.FastExcelError, duckdb.Error, ValueError, OSError) as error:
        answer = {"code": "intake.damaged", "hint": "", **_sentence(error)}
    text = json.dumps(answer, ensure_ascii=False, default=str)
    (out / "answer.json").write_text(text, encoding="utf-8")
    return 0


def limit(memory_bytes: int, cpu_seconds: int) -> bool:
    """Hold this process to a size and a time; False where the system cannot."""
    if resource is None:
        return False
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    return True


def _planner(job: dict[str, Any]) -> Planner:
    mapping = job.get("mapping")
    if mapping is None:
        return partial(plan_sheet, levels=tuple(job["levels"]))
    if mapping:
        return partial(plan_mapped, mapping=mapping)
    return partial(plan_unknown, known=frozenset(job["known"]))


def _sheets(
    file: SourceFile, work_dir: Path, planned: Planner
) -> Iterator[RawSheet | str]:
    if file.form is FileForm.CSV:
        return read_delimited(file, work_dir, planned)
    if file.form is FileForm.PARQUET:
        return read_parquet(file, planned)
    if file.form is FileForm.XLSX:
        look_at_archive(file.path)
    return read_workbook(file, planned)


def _sentence(error: Exception) -> dict[str, Any]:
    first = str(error).strip().splitlines()
    if not first:
        return {"message": DAMAGED, "values": {}}
    return {"message": DAMAGED_BY, "values": {"detail": first[0]}}


def guarded(job_path: Path) -> int:
    """Run the job; a parser that breaks inside ends with `UNREADABLE`."""
    try:
        return main(job_path)
    except MemoryError:
        raise
    except BaseException as error:
        # A panic of the Rust parser is no `Exception`, and says the file is broken.
        if type(error).__name__ != "PanicException":
            raise
        return UNREADABLE


if __name__ == "__main__":
    sys.exit(guarded(Path(sys.argv[1])))
