"""The bundle installs without any network, refuses what was changed, and serves."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import urllib.request
from pathlib import Path

import pytest
from deploy.bundle import EXTRAS, needed, pinned
from tests.architecture.tree import ROOT
from tests.config.serving import free_port


# Nothing can be asked for what is missing.
OFFLINE = {
    "PATH": os.environ["PATH"],
    "HOME": "/nonexistent",
    "PIP_NO_INDEX": "1",
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_INDEX_URL": "http://127.0.0.1:9/",
    "PYTHON": sys.executable,
}


def test_the_bundle_has_what_is_locked_and_nothing_else():
    names = needed("xiuhua", EXTRAS)
    lines = pinned(names)

    assert {"django", "granian", "waitress", "duckdb", "typst"} <= names
    assert not {"pytest", "mypy", "playwright", "pyspark"} & names
    assert len(re.findall(r"(?m)^\S+==", lines)) == len(names)
    assert "://" not in lines
    for block in re.split(r"(?m)^(?=\S+==)", lines)[1:]:
        assert "--hash=sha256:" in block


def test_what_is_not_locked_stops_the_bundle():
    with pytest.raises(SystemExit, match=r"not in dev\.txt: nothing-of-ours"):
        pinned({"django", "nothing-of-ours"})


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_bundle_installs_without_network_and_serves(tmp_path):
    subprocess.run(
        [sys.executable, str(ROOT / "deploy" / "bundle.py"), "--to", str(tmp_path)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    [archive] = tmp_path.glob("xiuhua-*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(tmp_path, filter="data")
    folder = archive.with_name(archive.name.removesuffix(".tar.gz"))

    installed = _install(folder, tmp_path / "there")
    assert installed.returncode == 0, installed.stderr
    _serves(tmp_path / "there" / "venv" / "bin" / "xiuhua", tmp_path / "data")

    with (folder / "deploy.md").open("a") as page:
        page.write("changed on the way\n")
    refused = _install(folder, tmp_path / "elsewhere")
    assert refused.returncode != 0
    assert not (tmp_path / "elsewhere").exists()


def _install(folder: Path, target: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", str(folder / "install.sh"), str(target)],
        env=OFFLINE,
        capture_output=True,
        text=True,
        check=False,
    )


def _serves(program: Path, data: Path) -> None:
    port = free_port()
    words = ["serve", "--data", str(data), "--port", str(port)]
    process = subprocess.Popen(
        [str(program), *words],
        cwd=data.parent,
        env=OFFLINE | {"XIUHUA_HTTPS": "0"},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == f"http://127.0.0.1:{port}/\n"
        page = _page(f"http://127.0.0.1:{port}/sign-in/")
        [style] = re.findall(r'href="(/static/vendor/[^"]+\.css)"', page)
        assert len(_page(f"http://127.0.0.1:{port}{style}")) > 10_000
    finally:
        process.terminate()
        with process:
            assert process.wait(120) == 0


def _page(address: str) -> str:
    with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310
        return str(answer.read().decode())
