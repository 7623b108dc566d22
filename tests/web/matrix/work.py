"""What hangs on the rows of the world: files sent in and out, runs, papers, views.

Files sent in carry tokens of their own, which stand nowhere else; of what others asked
for nobody sees anything, whatever their region.
"""

from __future__ import annotations

from typing import Any, Final

from tests.factories.accounts import make_post, make_user
from tests.factories.assessments import make_adoption
from tests.factories.desk import make_saved_view
from tests.factories.exchange import HOUSEHOLD_HEAD, make_upload
from tests.factories.moments import NOON, TODAY
from tests.web.matrix.world import Canary, World

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.assessments.models import Run
from xiuhua.apps.assessments.running import run_perform
from xiuhua.apps.assessments.services.runs import run_ask
from xiuhua.apps.documents import services as documents
from xiuhua.apps.exchange import tasks
from xiuhua.apps.exchange.rules import Origin
from xiuhua.apps.sheets.kinds import Row
from xiuhua.apps.sheets.reading import Layout, Reading
from xiuhua.apps.sheets.receiving import Received
from xiuhua.apps.sheets.services.sending import sheet_send
from xiuhua.core.dictionary.model import Mask
from xiuhua.core.region_codes import contains


# Who takes rows in, at home and beside it; the last is nobody's neighbor.
SENDING: Final = (
    ("township_clerk", "990101101"),
    ("county_office", "990101"),
    ("township_clerk", "990101102"),
    ("county_office", "990102"),
    ("county_office", "980101"),
)
# Counties whose households have been judged, one at home and one beside it.
JUDGED: Final = ("990101", "990102")
# The column of each kind of list that holds a token, and what its rows say besides.
_SHEETS: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "pairings": ("helper", {"starts_on": "2019-06-02"}),
    "measures": ("what", {"kind": "industry", "deadline": "2019-12-01"}),
    "problems": (
        "description",
        {"source": "audit", "kind": "data", "found_on": "2019-06-02"},
    ),
}
# Principals who have something made for them.
ASKING: Final = ("county_office/county/own", "township_clerk/township/own")
_NOWHERE: Final = "000000000000"


def plant(world: World) -> None:
    """Send files in, screen, and have papers, files and views made."""
    for at, (role, region) in enumerate(SENDING):
        world.uploads[region] = _upload(world, at, make_post(role, region), region)
    for place, county in enumerate(("990101", "990102", "980101")):
        for nth, kind in enumerate(_SHEETS):
            kept = world.sheets.setdefault(kind, {})
            kept[county] = _sheet(world, kind, 960 + 3 * place + nth, county)
    for county in JUDGED:
        world.adoptions[county] = make_adoption(county).pk
        world.runs[county] = _run(county)
    for key in ASKING:
        post = world.principals[key]
        assert post is not None
        world.downloads[key] = _download(post)
        world.printings[key] = _printing(post)
        world.views[key] = make_saved_view(user=post.user).pk
    hidden = _token(world, 950, _NOWHERE, "saved view", Mask.OPEN)
    world.views["nobody"] = make_saved_view(user=make_user(), name=hidden).pk


def _upload(world: World, at: int, by: Post, region: str) -> int:
    household = next(h for h in world.households if contains(region, h.village_id))
    village = household.village_id

    def said(key: int, name: str, mask: Mask) -> str:
        return _token(world, 900 + 10 * at + key, village, name, mask)

    row = [
        household.number,
        village,
        f"王{said(0, 'head_name', Mask.PERSONAL)}",
        said(1, "phone", Mask.PERSONAL),
        said(2, "village_group", Mask.OPEN),
        1000,
        2019,
        said(3, "bank_account", Mask.SECRET),
    ]
    refused = [
        f"ZQ{at}",
        village,
        said(4, "head_name", Mask.PERSONAL),
        "",
        "",
        "很多",
        2019,
        "",
    ]
    head = [*HOUSEHOLD_HEAD, "银行账号"]
    people = [["户编号", "人编号", "姓名", "与户主关系"]]
    upload = make_upload(
        {"户": [head, row, refused], "人": people}, by=by, origin=Origin.NATIONAL
    )
    assert upload.state == "compared", upload.error
    assert upload.counts["counts"]["rejected"] == 1, upload.counts
    return int(upload.pk)


def _sheet(world: World, kind: str, key: int, county: str) -> int:
    """Send a list in: a row that could be taken over, one of a household unknown."""
    home = next(h for h in world.households if contains(county, h.village_id))
    name, said = _SHEETS[kind]
    token = _token(world, key, home.village_id, f"sheet.{kind}", Mask.OPEN)
    homes = "households" if kind == "problems" else "household"
    rows = [
        Row("表", number, {homes: household, name: f"王{token}", **said})
        for number, household in ((2, home.number), (3, f"ZQ{key}"))
    ]
    layout = Layout("表", {0: homes, 1: name}, {homes: 0, name: 1})
    with region_scope([county]):
        sheet = sheet_send(
            kind=kind,
            received=Received("表.xlsx", b"-", {}, Reading([layout], rows)),
            once=f"{kind}-{county}",
            by=make_post("county_office", county),
            at=NOON,
        )
    useful = sheet.counts["new"] + sheet.counts["changed"]
    assert (useful, sheet.counts["rejected"]) == (1, 1)
    return int(sheet.pk)


def _run(county: str) -> int:
    by = make_post("county_office", county)
    with region_scope([county]):
        run = run_ask(region=county, as_of=TODAY, by=by, at=NOON)
    run_perform(run_id=run.pk, clock=lambda: NOON)
    run = Run.unscoped.get(pk=run.pk)
    assert run.state == "done", run.problem
    return int(run.pk)


def _download(post: Post) -> int:
    found = tasks.download_ask(
        kind="export", region=post.region_id, asked={"year": 2019}, by=post, at=NOON
    )
    found.refresh_from_db()
    assert found.ready_at, found.error
    return int(found.pk)


def _printing(post: Post) -> int:
    with region_scope([post.region_id]):
        order = documents.printing_order(
            region=post.region_id,
            language="zh",
            address="https://county.example/households/{key}/",
            by=post,
            at=NOON,
        )
        while documents.printing_step(
            printing_id=order.pk, invented=False, by=post, at=NOON
        ):
            pass
    order.refresh_from_db()
    assert order.state == "DONE"
    return int(order.pk)


def _token(world: World, key: int, village: str, name: str, mask: Mask) -> str:
    token = f"ZQ99{key:03}X"
    assert token not in world.canaries
    world.canaries[token] = Canary(village, name, mask)
    return token


def things(held: dict[str, int], post: Any, world: World) -> list[int]:
    """Return a thing of one's own, and two of others; `held` is by region or holder."""
    region = post.region_id if post else "-"
    keys = {k: k for k in held if k[:1].isdigit()}
    own = [held[k] for k in keys if contains(region, k)]
    own += [held[k] for k, p in world.principals.items() if p is post and k in held]
    others = [pk for pk in held.values() if pk not in own]
    return [*own[:1], *others[:1], *others[-1:]]
