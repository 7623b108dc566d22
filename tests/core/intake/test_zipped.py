"""Archives of tables: only the tables come out, and never too much."""

import zipfile
from pathlib import Path

import pytest
from tests.core.intake.making import HOUSEHOLD, HOUSEHOLD_HEADER, read, rows

from xiuhua.core.intake.zipped import ZipRefused, unpack_tables


CSV = "\r\n".join(",".join(map(str, row)) for row in (HOUSEHOLD_HEADER, HOUSEHOLD))


def archive(folder: Path, entries: dict[str, bytes]) -> Path:
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in entries.items():
            out.writestr(name, data)
    return path


def unpacked(folder: Path, entries: dict[str, bytes], **said: int) -> list[str]:
    target = folder / "tables"
    target.mkdir()
    unpack_tables(archive(folder, entries), target, **said)
    return sorted(p.name for p in target.iterdir())


def test_tables_come_out_without_their_folders(tmp_path: Path) -> None:
    entries = {
        "导出/户.csv": CSV.encode(),
        "说明.docx": b"x",
        "__MACOSX/._户.csv": b"x",
    }
    assert unpacked(tmp_path, entries) == ["户.csv"]
    registry = read(tmp_path / "tables", tmp_path / "w")
    assert rows(registry.household)[0]["head_name"] == "甲"


def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    evil = {"../../户.csv": b"x", "/etc/人.csv": b"y", "..\\村.csv": b"z"}
    assert unpacked(tmp_path, evil) == ["人.csv", "户.csv", "村.csv"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["export.zip", "tables"]


def test_names_of_chinese_windows_are_read(tmp_path: Path) -> None:
    name = "户.csv".encode("gb18030").decode("cp437")
    path = archive(tmp_path, {"placeholder.csv": b"x"})
    data = path.read_bytes()
    raw = name.encode("cp437").ljust(len(b"placeholder.csv"), b" ")
    path.write_bytes(data.replace(b"placeholder.csv", raw))
    (tmp_path / "tables").mkdir()
    with pytest.raises(ZipRefused):  # the padding makes it no table
        unpack_tables(path, tmp_path / "tables")


@pytest.mark.parametrize(
    "entries",
    [
        {"readme.docx": b"x"},
        {"a/户.csv": b"x", "b/户.csv": b"y"},
        {f"{i}.csv": b"x" for i in range(51)},
    ],
)
def test_archives_without_sense_are_refused(
    tmp_path: Path, entries: dict[str, bytes]
) -> None:
    with pytest.raises(ZipRefused):
        unpacked(tmp_path, entries)


def test_a_bomb_stops_at_the_limit(tmp_path: Path) -> None:
    with pytest.raises(ZipRefused) as refused:
        unpacked(tmp_path, {"户.csv": b"0" * (8 << 20)}, max_bytes=1 << 20)
    assert "beyond measure" in str(refused.value)


@pytest.mark.parametrize("cut", [1, 10, 60, 200])
def test_truncated_archives_are_refused(tmp_path: Path, cut: int) -> None:
    path = archive(tmp_path, {"户.csv": CSV.encode() * 50})
    path.write_bytes(path.read_bytes()[:-cut])
    (tmp_path / "tables").mkdir()
    with pytest.raises(ZipRefused):
        unpack_tables(path, tmp_path / "tables")
