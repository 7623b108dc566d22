from __future__ import annotations

import io
import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from tests.factories.regions import make_region

from xiuhua.apps.audit.models import Entry
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.regions.models import Boundary, Region


pytestmark = pytest.mark.usefixtures("each_database")
LISTS = {
    "provinces.csv": "code,name\n99,示例省\n98,别省\n",
    "cities.csv": "code,name,provinceCode\n9901,示例市,99\n9902,乙市,99\n",
    "areas.csv": "code,name,cityCode,provinceCode\n990101,示例县,9901,99\n"
    "990102,乙县,9901,99\n",
    "streets.csv": '"code","name","areaCode"\n"990101100","城关镇","990101"\n'
    '"990102100","乙镇","990102"\n',
    "villages.csv": "code,name,streetCode\n990101100201,一村,990101100\n"
    "990101100202,二村,990101100\n",
}


@pytest.fixture
def lists(tmp_path):
    for name, text in LISTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8-sig")
    return [str(tmp_path / name) for name in LISTS]


def run(command: str, *words: str) -> str:
    out = io.StringIO()
    call_command(command, *words, stdout=out)
    return out.getvalue()


def test_one_county_is_entered_with_what_lies_around_it(lists):
    said = run("import_divisions", *lists, "--under", "990101", "--order", "7号")

    assert said == "6 entered, 0 unchanged, 0 named otherwise and left alone\n"
    found = regions.region_list(under="99", as_of=date(2019, 1, 1))
    assert [r.code for r in found] == [
        "99", "9901", "990101", "990101100", "990101100201", "990101100202",
    ]  # fmt: skip
    assert set(Entry.objects.values_list("actor", "order_number")) == {
        ("command:import_divisions", "7号")
    }


def test_the_same_lists_twice_change_nothing(lists, tmp_path):
    run("import_divisions", *lists, "--under", "990101")
    (tmp_path / "areas.csv").write_text("code,name\n990101,改名县\n", encoding="utf-8")

    said = run("import_divisions", *lists, "--under", "990101")

    assert said.splitlines() == [
        "990101: 示例县 here, 改名县 in the list",
        "0 entered, 5 unchanged, 1 named otherwise and left alone",
    ]


BAD = {
    "a short code": "code,name\n990101100,城关镇\n99010110020,一村\n",
    "no name": "code,name\n990101100,\n",
    "two names": "code,name\n990101100,甲\n990101100,乙\n",
    "no column": "nr,name\n1,2\n",
    "no county around it": "code,name\n990101100,城关镇\n",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_a_bad_list_enters_nothing(tmp_path, text):
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(CommandError):
        run("import_divisions", str(path), "--under", "990101")

    assert Region.objects.count() == 0


def test_a_missing_list_and_a_wrong_slice_are_named(tmp_path, lists):
    with pytest.raises(CommandError, match="none"):
        run("import_divisions", str(tmp_path / "none.csv"), "--under", "990101")
    with pytest.raises(CommandError, match="99010"):
        run("import_divisions", *lists, "--under", "99010")


def feature(code, ring) -> dict:
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"adcode": code}, "geometry": geometry}


LEFT = [[0, 0], [0.5, 0.0001], [1, 0], [1, 1], [0, 1], [0, 0]]
RIGHT = [[1, 0], [2, 0], [2, 1], [1, 1], [1, 0]]


def collection(tmp_path, *features) -> str:
    path = tmp_path / f"map{len(list(tmp_path.iterdir()))}.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return str(path)


def store(path: str, *words: str, review: str = "GS(2024)0001号") -> str:
    given = ["--code-field", "adcode", "--review-no", review, *words]
    return run("import_boundaries", path, *given)


def test_boundaries_are_stored_simplified_with_their_review_number(tmp_path):
    make_region("990101")
    make_region("990102")
    path = collection(tmp_path, feature(990101, LEFT), feature("990102", RIGHT))

    said = store(path)

    assert said == "2 boundaries stored, 11 → 10 points\n"
    stored = Boundary.objects.get(region__code="990101")
    assert stored.review_number == "GS(2024)0001号"
    assert [0.5, 0.0001] not in stored.polygons[0][0]


def test_parts_of_one_region_are_taken_together(tmp_path):
    make_region("990101")

    store(collection(tmp_path, feature("990101", LEFT), feature("990101", RIGHT)))

    assert len(Boundary.objects.get().polygons) == 2


def test_boundaries_without_a_review_number_are_refused(tmp_path):
    make_region("990101")
    path = collection(tmp_path, feature("990101", LEFT))

    with pytest.raises(CommandError, match="review number"):
        store(path, review=" ")
    with pytest.raises(CommandError, match="tolerance"):
        store(path, "--tolerance=-1")


def test_a_bad_map_stores_nothing(tmp_path):
    make_region("990101")
    good = feature("990101", LEFT)
    maps = [
        collection(tmp_path, good, feature(None, RIGHT)),
        collection(tmp_path, good, feature("990103", RIGHT)),
        collection(tmp_path, good, feature("990101", RIGHT[:2])),
        collection(
            tmp_path, good, {"properties": {"adcode": "9901"}, "geometry": None}
        ),
        collection(tmp_path),
    ]
    for text in ("", "[]", '{"features": 3}', '{"features": [1]}'):
        path = tmp_path / f"{len(maps)}.geojson"
        path.write_text(text)
        maps.append(str(path))

    for path in [*maps, str(tmp_path / "none.geojson")]:
        with pytest.raises(CommandError):
            store(path)

    assert Boundary.objects.count() == 0
