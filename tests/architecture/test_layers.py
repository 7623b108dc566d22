"""The import contracts of pyproject.toml hold, and the core stands alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.architecture.tree import ROOT, SOURCE, python_files


BLOCKED = ("django", "pyspark")
# What is imported only where an extra is installed.
OPTIONAL = {"xiuhua.core.engines.spark"}
IMPORT_WITHOUT = """
import importlib, sys

class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Block())
for module in {modules!r}:
    importlib.import_module(module)
print(len({modules!r}))
"""


def _run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _module_name(path: Path) -> str:
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def test_import_contracts_hold():
    lint_imports = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [str(lint_imports), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout


def test_core_and_cli_import_without_django_and_spark():
    files = python_files(SOURCE / "core", SOURCE / "cli")
    modules = [m for f in files if (m := _module_name(f)) not in OPTIONAL]

    imported = _run(IMPORT_WITHOUT.format(blocked=set(BLOCKED), modules=modules))

    assert int(imported) == len(modules) > 50


def test_importing_the_package_loads_nothing_else():
    loaded = _run(
        "import sys, xiuhua, xiuhua.__main__;"
        "print(*sorted({m.split('.')[0] for m in sys.modules}"
        " & {'click', 'duckdb', 'numpy', 'pyarrow', 'scipy', 'sqlglot'}),"
        " *[m for m in sys.modules if m.startswith('xiuhua.')])"
    )

    assert loaded == "xiuhua.__main__"


def test_package_files_hold_a_docstring_only():
    for path in python_files(SOURCE):
        if path.name == "__init__.py" and path != SOURCE / "__init__.py":
            text = path.read_text(encoding="utf-8").strip()
            assert text.startswith('"""'), path
            assert text.endswith('"""'), path
            assert text.count('"""') == 2, path
