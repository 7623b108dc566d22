"""Files meant to hurt: each gives one clear error, and nothing is left behind."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.core.intake.making import PLAIN, workbook

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.intake import sandbox
from xiuhua.core.intake.archives import ArchiveRefused
from xiuhua.core.intake.read import NoHouseholds, RegionUnknown, read_registry
from xiuhua.core.intake.sandbox import FileDamaged, FileTooLarge
from xiuhua.core.intake.sources import FileLocked, NotWhatItSays, SourceNotFound


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CONTENT_TYPES = "[Content_Types].xml"


def replaced(folder: Path, entry: str, change: Callable[[bytes], bytes]) -> Path:
    """A plain workbook with one entry of its archive changed."""
    source, target = workbook(folder / "plain.xlsx", PLAIN), folder / "hostile.xlsx"
    with (
        zipfile.ZipFile(source) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data) if name == entry else data)
    return target


def with_entries(folder: Path, entries: dict[str, bytes]) -> Path:
    path = workbook(folder / "hostile.xlsx", PLAIN)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def bomb(folder: Path) -> Path:
    return with_entries(folder, {"xl/worksheets/sheet9.xml": b"0" * (40 << 20)})


def many_entries(folder: Path) -> Path:
    return with_entries(folder, {f"x/{i}": b"" for i in range(2001)})


def slipping(folder: Path) -> Path:
    return with_entries(folder, {"../../evil": b"x"})


def zip_without_workbook(folder: Path) -> Path:
    path = folder / "hostile.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("inner.zip", b"PK\x03\x04")
    return path


def truncated(folder: Path) -> Path:
    data = workbook(folder / "plain.xlsx", PLAIN).read_bytes()
    return written(folder / "hostile.xlsx", data[: len(data) * 2 // 3])


def broken_sheet(folder: Path) -> Path:
    return replaced(folder, "xl/worksheets/sheet1.xml", lambda data: data[:300])


def doctype(folder: Path) -> Path:
    head = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    return replaced(
        folder,
        "xl/sharedStrings.xml",
        lambda data: data.replace(b"<sst", head + b"<sst", 1).replace(
            b"<t>", b"<t>&e;", 1
        ),
    )


CASES: dict[str, tuple[Callable[[Path], Path], type[XiuhuaError]]] = {
    "nothing": (lambda f: f / "none.xlsx", SourceNotFound),
    "an empty folder": (lambda f: f, SourceNotFound),
    "empty": (lambda f: written(f / "h.xlsx", b""), NotWhatItSays),
    "text named xlsx": (lambda f: written(f / "h.xlsx", b"a,b\n1,2\n"), NotWhatItSays),
    "page named xls": (
        lambda f: written(f / "h.xls", b"\xef\xbb\xbf\n<html><table></table>"),
        NotWhatItSays,
    ),
    "xml named csv": (lambda f: written(f / "h.csv", b"<?xml ?><x/>"), NotWhatItSays),
    "bytes named csv": (lambda f: written(f / "h.csv", bytes(99)), NotWhatItSays),
    "old named xlsx": (
        lambda f: written(f / "h.xlsx", OLE + bytes(600)),
        NotWhatItSays,
    ),
    "a program": (lambda f: written(f / "h.exe", b"MZ"), NotWhatItSays),
    "encrypted": (
        lambda f: written(
            f / "h.xlsx", OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le")
        ),
        FileLocked,
    ),
    "zip bomb": (bomb, FileDamaged),
    "many entries": (many_entries, FileDamaged),
    "names outside": (slipping, FileDamaged),
    "no workbook": (zip_without_workbook, FileDamaged),
    "truncated": (truncated, FileDamaged),
    "broken sheet": (broken_sheet, FileDamaged),
    "damaged old workbook": (
        lambda f: written(f / "h.xls", OLE + bytes(4000)),
        FileDamaged,
    ),
    "damaged parquet": (
        lambda f: written(f / "h.parquet", b"PAR1" + bytes(99) + b"PAR1"),
        FileDamaged,
    ),
    "neither encoding": (
        lambda f: written(f / "h.csv", "户编号".encode("gb18030") + b"\xff\xff\n"),
        FileDamaged,
    ),
    "a table of something else": (
        lambda f: written(f / "h.csv", b"a,b\n1,2\n"),
        NoHouseholds,
    ),
}


@pytest.mark.parametrize("case", list(CASES))
def test_one_clear_error_and_nothing_left(case: str, tmp_path: Path) -> None:
    make, error = CASES[case]
    folder, work_dir = tmp_path / "in", tmp_path / "work"
    folder.mkdir()
    with pytest.raises(error) as caught:
        read_registry(make(folder), region=None, work_dir=work_dir)
    message = str(caught.value)
    assert message
    assert "Traceback" not in message
    assert str(tmp_path) not in message
    assert list(work_dir.iterdir()) == []


def test_reason_of_a_refused_archive_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileDamaged) as caught:
        read_registry(bomb(tmp_path), region=None, work_dir=tmp_path / "w")
    assert caught.value.code == ArchiveRefused.code
    assert "beyond measure" in caught.value.message


def test_entity_is_never_opened(tmp_path: Path) -> None:
    secret = Path("/etc/hostname")
    content = secret.read_text().strip() if secret.exists() else os.sep
    try:
        registry = read_registry(
            doctype(tmp_path), region=None, work_dir=tmp_path / "w"
        )
    except XiuhuaError:
        return
    assert content not in str(registry.faults.to_pylist())
    assert all(content not in c.header for c in registry.ignored_columns)


def test_far_cell_ends_the_child_and_no_other(tmp_path: Path) -> None:
    sheets = {**PLAIN, "户": [*PLAIN["户"]]}
    path = workbook(tmp_path / "plain.xlsx", sheets)
    far = tmp_path / "hostile.xlsx"
    cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(far, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = data.replace(b"</sheetData>", cell)
            new.writestr(name, data)
    with pytest.raises(FileTooLarge, match="memory or time"):
        read_registry(far, region=None, work_dir=tmp_path / "w")
    assert list((tmp_path / "w").iterdir()) == []


def test_time_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        sandbox.parse,
        "__kwdefaults__",
        {**(sandbox.parse.__kwdefaults__ or {}), "wall_seconds": 0.01},
    )
    with pytest.raises(FileTooLarge):
        read_registry(
            workbook(tmp_path / "r.xlsx", PLAIN), region=None, work_dir=tmp_path / "w"
        )
    assert list((tmp_path / "w").iterdir()) == []


def test_region_must_be_a_code(tmp_path: Path) -> None:
    path = workbook(tmp_path / "r.xlsx", PLAIN)
    with pytest.raises(RegionUnknown):
        read_registry(path, region="12345", work_dir=tmp_path / "w")
