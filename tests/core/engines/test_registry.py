"""Engines open by name; what is missing is said in one sentence."""

from __future__ import annotations

import subprocess
import sys

import pytest

from xiuhua.core.engines import registry
from xiuhua.core.engines.registry import EngineMissing, EngineUnknown, open_engine


@pytest.mark.parametrize("name", ["memory", "duckdb"])
def test_opens_by_name(name) -> None:
    assert open_engine(name).name == name


def test_settings_reach_the_engine(tmp_path) -> None:
    engine = open_engine("duckdb", memory_mb=64, threads=1)
    connection = engine._connect(tmp_path)
    found = connection.execute("SELECT current_setting('threads')").fetchone()
    assert found == (1,)


def test_unknown_name_hints_at_the_nearest() -> None:
    with pytest.raises(EngineUnknown, match="did you mean `duckdb`") as caught:
        open_engine("duckbd")
    assert caught.value.code == "engine.unknown"


def test_a_missing_package_says_what_to_install(monkeypatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError("no module", name="pyspark")

    monkeypatch.setattr(registry, "import_module", missing)
    with pytest.raises(EngineMissing, match=r'pip install "xiuhua\[spark\]"'):
        open_engine("spark")


def test_asking_for_one_engine_imports_no_other() -> None:
    program = (
        "import sys; from xiuhua.core.engines.registry import open_engine; "
        "open_engine('memory'); print('duckdb' in sys.modules)"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "False"
