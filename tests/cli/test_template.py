"""`xiuhua template` writes a workbook that `xiuhua screen` reads back."""

from __future__ import annotations

import openpyxl
import pytest

from xiuhua.cli.main import run
from xiuhua.core.dictionary.reader import load_dictionary


def test_template_holds_the_sheets_and_heads_of_the_dictionary(tmp_path, capsys):
    out = tmp_path / "new" / "template.xlsx"

    assert run(["template", str(out)]) == 0

    assert str(out) in capsys.readouterr().out
    book = openpyxl.load_workbook(out)
    for name in ("household", "person", "village"):
        level = load_dictionary().level(name)
        heads = [cell.value for cell in book[level.sheet][1]]
        assert heads == [f.label.zh for f in level.fields if f.template]


def test_whole_template_holds_every_field(tmp_path):
    out = tmp_path / "whole.xlsx"

    assert run(["template", str(out), "--whole"]) == 0

    level = load_dictionary().level("household")
    heads = [cell.value for cell in openpyxl.load_workbook(out)[level.sheet][1]]
    assert heads == [f.label.zh for f in level.fields]


@pytest.mark.parametrize("name", ["there.xlsx", "template.csv"])
def test_nothing_is_written_over_or_misnamed(tmp_path, capsys, name):
    out = tmp_path / name
    out.write_bytes(b"mine")

    assert run(["template", str(out)]) == 1

    assert out.read_bytes() == b"mine"
    assert "xiuhua: " in capsys.readouterr().err


def test_force_writes_over_a_file(tmp_path):
    out = tmp_path / "there.xlsx"
    out.write_bytes(b"mine")

    assert run(["template", str(out), "--force"]) == 0
    assert openpyxl.load_workbook(out).sheetnames


def test_a_folder_that_cannot_be_made_is_refused(tmp_path, capsys):
    (tmp_path / "file").write_bytes(b"")

    assert run(["template", str(tmp_path / "file" / "t.xlsx")]) == 1
    assert "t.xlsx" in capsys.readouterr().err
