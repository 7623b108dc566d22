"""Run a piece of work in a process of its own and say what it took."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any


HERE = Path(__file__).parent
RESULTS = HERE / "results"
PACKAGES = ("duckdb", "polars", "pandas", "pyarrow", "numpy", "ortools", "sqlglot")


def in_child(work: Callable[[], None]) -> None:
    """Do the work in this process and print its seconds, for `run_child` to read."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    took = {
        "wall_s": time.perf_counter() - wall,
        "cpu_s": time.process_time() - cpu,
        "peak_mb": peak_mb(),
    }
    print(json.dumps(took))


def peak_mb() -> float:
    """Return the most memory this program has held.

    Not `ru_maxrss`: that begins at what the parent held when it forked.
    """
    lines = Path("/proc/self/status").read_text().splitlines()
    held = next(x for x in lines if x.startswith("VmHWM:"))
    return int(held.split()[1]) / 1024


def run_child(arguments: Sequence[str]) -> dict[str, float]:
    """Run a script that calls `in_child`; add the CPU of its whole process.

    `wall_s` and `cpu_s` are those of the work alone; `process_cpu_s` counts start-up
    and imports too.
    """
    printed, took = _spawned(arguments)
    return took | json.loads(printed.splitlines()[-1])


def start_up(*arguments: str) -> dict[str, float]:
    """Run Python with these arguments and return what the whole process took."""
    return _spawned(arguments)[1]


def _spawned(arguments: Sequence[str]) -> tuple[str, dict[str, float]]:
    child = subprocess.Popen(
        [sys.executable, "-W", "ignore", *arguments],
        stdout=subprocess.PIPE,
        cwd=HERE,
        text=True,
    )
    printed = child.stdout.read() if child.stdout else ""
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{arguments} ended with {child.returncode}")
    return printed, {
        "process_cpu_s": usage.ru_utime + usage.ru_stime,
    }


def middle(runs: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the median of every figure, and the largest memory."""
    figures = {name: round(median(r[name] for r in runs), 3) for name in runs[0]}
    if "peak_mb" in figures:
        figures["peak_mb"] = round(max(r["peak_mb"] for r in runs), 1)
    return figures


def record(name: str, content: Mapping[str, Any]) -> Path:
    """Keep figures with machine, versions and commit; return the file."""
    RESULTS.mkdir(exist_ok=True)
    commit = _git("rev-parse", "--short", "HEAD")
    dirty = bool(_git("status", "--porcelain", "--", ":/src", ":/benchmarks/*.py"))
    whole = {
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "commit": commit + ("+" if dirty else ""),
        "machine": _machine(),
        "versions": {p: version(p) for p in PACKAGES}
        | {"python": platform.python_version()},
        **content,
    }
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
    return path


def _machine() -> dict[str, Any]:
    pages = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "processor": _processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(pages / 2**30, 1),
        "load_before": [round(x, 2) for x in os.getloadavg()],
    }


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    models = [x.split(":", 1)[1].strip() for x in lines if x.startswith("model name")]
    return models[0] if models else platform.processor()


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=HERE, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()
