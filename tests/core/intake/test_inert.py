"""What is written as delimited text computes nothing, and reads back as it was."""

import csv
import itertools
import re
import unicodedata
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st
from tests.core.intake.making import HOME, VILLAGE, read, rows

from xiuhua.core.intake.export import write_registry
from xiuhua.core.intake.inert import guarded, unguarded, write_delimited


LEADS = ["", " ", "\t", "\r", "\n", "\u3000", "\u00a0", "\ufeff", "\u200b", "\u200e"]
LEADS += ["\u2060", "\u00ad", "\x00", " \t", "\ufeff\u200b", "'", '"']
SIGNS = ["=", "+", "-", "@", "|", "%", "＝", "＋", "－", "＠", "｜", "％", "−", "﹦"]
BODIES = ["1+1", "cmd|'/C calc'!A0", 'HYPERLINK("http://x.example","y")', "SUM(A1:A9)"]
PAYLOADS = ["".join(p) for p in itertools.product(LEADS, SIGNS, BODIES)]


def computes(cell: str) -> bool:
    """The oracle, another way: the first visible character, folded to ASCII."""
    seen = unicodedata.normalize("NFKC", cell)
    unseen = {"Cc", "Cf", "Zs", "Zl", "Zp"}
    seen = "".join(c for c in seen if unicodedata.category(c) not in unseen)
    return seen[:1] in set("=+-@|%\u2212")


def table(folder: Path, texts: list[str]) -> Path:
    path = folder / "household.parquet"
    numbers = [f"{HOME}{i}" for i in range(len(texts))]
    columns = {
        "household_id": numbers,
        "village_code": [VILLAGE] * len(texts),
        "head_name": texts,
    }
    pq.write_table(pa.table(columns), path)
    return path


def test_there_are_enough_payloads() -> None:
    assert len(PAYLOADS) >= 500
    assert sum(map(computes, PAYLOADS)) >= 500


def test_no_payload_computes_in_csv_and_all_come_back(tmp_path: Path) -> None:
    texts = [p.replace("\x00", "\x01") for p in PAYLOADS]
    path = tmp_path / "户.csv"
    write_delimited(path, "household", table(tmp_path, texts))
    with path.open(encoding="utf-8-sig", newline="") as stream:
        cells = [row[2] for row in csv.reader(stream)][1:]
    assert [c for c in cells if computes(c)] == []
    assert [unguarded(c) for c in cells] == texts
    read_back = rows(read(path, tmp_path / "w").household)
    # Reading makes one blank of blanks and marks nobody sees, whatever the writer.
    blanks = re.compile("[\\s\x00-\x1f\u200b\ufeff\u3000\xa0]+")
    assert [r["head_name"] for r in read_back] == [
        blanks.sub(" ", text).strip() for text in texts
    ]


def test_no_payload_is_a_formula_in_a_workbook(tmp_path: Path) -> None:
    # What XML cannot hold at all cannot be in a workbook either.
    texts = [p for p in PAYLOADS if "\x00" not in p]
    path = tmp_path / "a.xlsx"
    write_registry(path, {"household": table(tmp_path, texts)})
    cells = [row[2] for row in openpyxl.load_workbook(path)["户"].iter_rows(min_row=2)]
    assert {c.data_type for c in cells} == {"s"}
    # openpyxl leaves the escaped carriage return as it stands in the file.
    assert [c.value.replace("_x000D_", "\r") for c in cells] == texts


@given(st.text())
def test_every_text_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not computes(guarded(text))
