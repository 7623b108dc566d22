"""Who answers for which region (包保), and sector groups (专班)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.roles import SECTORS
from xiuhua.apps.assessments.selectors.room_standards import standard_list
from xiuhua.apps.assistance.selectors import people as selectors
from xiuhua.apps.assistance.services import charges
from xiuhua.apps.regions import selectors as regions
from xiuhua.core.region_codes import LENGTH_BY_LEVEL, contains
from xiuhua.web.access import allow, allows
from xiuhua.web.columns import Column, Kind
from xiuhua.web.pages.assistance.forming import form_page, helper_said
from xiuhua.web.pages.assistance.forms import (
    EndForm,
    GroupForm,
    GroupMemberForm,
    IndicatorsForm,
    LinkForm,
)
from xiuhua.web.pages.assistance.views import listed
from xiuhua.web.pages.assistance.words import indicator_choices
from xiuhua.web.pages.households.shown import name_shown
from xiuhua.web.pages.households.views import region_asked
from xiuhua.web.shell import trail, worded
from xiuhua.web.tables.answers import answer
from xiuhua.web.tables.table import Table


@allow(Permission.HOUSEHOLD_VIEW)
def chain(request: HttpRequest) -> HttpResponseBase:
    """Show who answers for a region and its parts; parts without anybody stand too."""
    region, day = region_asked(request), timezone.localdate()
    found = {
        link.region_id: link
        for link in selectors.chain_list(viewer=request.post, on=day)
    }
    own = regions.region_get(code=region, as_of=day)
    near = [own, *regions.part_list(code=region, as_of=day)]
    rows = [(r, regions.name_of(r) or r.code, found.get(r.code)) for r in near]
    edits = allows(request, Permission.ASSISTANCE_EDIT)
    table = _chain_table(request.post, edits=edits)
    return listed(request, table, rows, _("Chain of charge"), region)


@allow(Permission.ASSISTANCE_EDIT, "GET", "POST")
def link_set(request: HttpRequest, code: str) -> HttpResponse:
    """Say who answers for a region.

    Raises:
        Http404: when the region lies elsewhere.
    """
    if not contains(request.post.region_id, code):
        raise Http404
    day = timezone.localdate()
    place = regions.region_get(code=code, as_of=day)
    links = selectors.chain_list(viewer=request.post, on=day)
    now = links.filter(region_id=code).first()
    said = {"replaces": now.pk if now else None}
    form = LinkForm(request.POST or None, initial=said)
    helper = helper_said(request, form) if form.is_valid() else None

    def act(at: datetime) -> str:
        charges.link_set(
            region=code,
            helper=helper,
            starts_on=form.cleaned_data["starts_on"],
            replaces=form.cleaned_data["replaces"],
            once=form.cleaned_data["once"],
            by=request.post,
            at=at,
        )
        return reverse("assistance:chain")

    return form_page(
        request,
        form,
        act,
        title=_("Who answers for it"),
        back=reverse("assistance:chain"),
        region=code,
        name=regions.name_of(place),
        note=name_shown(now.helper.name, request.post.rights) if now else "",
        others=[
            (
                reverse("assistance:link_end", args=[now.pk]),
                _("Nobody answers for it any more"),
            )
        ]
        if now
        else [],
    )


@allow(Permission.ASSISTANCE_EDIT, "GET", "POST")
def link_end(request: HttpRequest, link_id: int) -> HttpResponse:
    """Let nobody answer for a region any more."""
    found = selectors.link_get(viewer=request.post, key=link_id)
    form = EndForm(request.POST or None, version=found.version)

    def act(at: datetime) -> str:
        charges.link_end(
            link=found,
            version=form.cleaned_data["version"],
            ended_on=form.cleaned_data["ended_on"],
            by=request.post,
            at=at,
        )
        return reverse("assistance:chain")

    return form_page(
        request,
        form,
        act,
        title=_("Nobody answers for it any more"),
        back=reverse("assistance:chain"),
        region=found.region_id,
        name=name_shown(found.helper.name, request.post.rights),
    )


@allow(Permission.HOUSEHOLD_VIEW)
def groups(request: HttpRequest) -> HttpResponseBase:
    """Show the sector groups, who belongs to them and what they own."""
    post, day = request.post, timezone.localdate()
    found = list(selectors.group_list(viewer=post))
    members = selectors.group_members(groups=found, on=day)
    owned = selectors.group_indicators(groups=found)
    names = dict(indicator_choices(standard_list(region=post.region_id, as_of=day)))
    places = regions.names_of(codes={g.region_id for g in found}, as_of=day)
    may = allows(request, Permission.ASSISTANCE_EDIT)
    shown = [
        {
            "group": group,
            "place": places[group.region_id],
            "sector": worded(SECTORS[group.sector]) if group.sector else "",
            "members": [
                (m, name_shown(m.helper.name, post.rights))
                for m in members.get(group.pk, [])
            ],
            "indicators": [
                names.get(f"{pack}.{code}", code)
                for pack, code in owned.get(group.pk, [])
            ],
            "edits": may and contains(post.region_id, group.region_id),
        }
        for group in found
    ]
    return answer(
        request,
        _group_table(),
        shown,
        "assistance/groups.html",
        title=_("Sector groups"),
        groups=shown,
        edits=may,
        trail=trail(request, post.region_id),
    )


@allow(Permission.ASSISTANCE_EDIT, "GET", "POST")
def group_set_up(request: HttpRequest) -> HttpResponse:
    """Set up a sector group of the post's region."""
    form = GroupForm(request.POST or None, indicators=_choices(request))

    def act(at: datetime) -> str:
        charges.group_set_up(
            region=request.post.region_id,
            name=form.cleaned_data["name"],
            sector=form.cleaned_data["sector"],
            indicators=form.owned(),
            once=form.cleaned_data["once"],
            by=request.post,
            at=at,
        )
        return reverse("assistance:groups")

    return _group_form(request, form, act, _("Set up a sector group"))


@allow(Permission.ASSISTANCE_EDIT, "GET", "POST")
def group_change(request: HttpRequest, group_id: int) -> HttpResponse:
    """Say which indicators a group owns."""
    found = selectors.group_get(viewer=request.post, key=group_id)
    owned = selectors.group_indicators(groups=[found]).get(found.pk, [])
    form = IndicatorsForm(
        request.POST or None,
        version=found.version,
        indicators=_choices(request),
        initial={"indicators": [f"{pack}.{code}" for pack, code in owned]},
    )

    def act(at: datetime) -> str:
        charges.group_change(
            group=found,
            version=form.cleaned_data["version"],
            indicators=form.owned(),
            by=request.post,
            at=at,
        )
        return reverse("assistance:groups")

    title = _("Indicators it owns")
    return _group_form(request, form, act, title, name=found.name)


@allow(Permission.ASSISTANCE_EDIT, "GET", "POST")
def group_join(request: HttpRequest, group_id: int) -> HttpResponse:
    """Let somebody join a sector group."""
    found = selectors.group_get(viewer=request.post, key=group_id)
    form = GroupMemberForm(request.POST or None)
    helper = helper_said(request, form) if form.is_valid() else None

    def act(at: datetime) -> str:
        said = {k: form.cleaned_data[k] for k in ("post", "starts_on", "once")}
        charges.group_member_join(
            group=found, helper=helper, **said, by=request.post, at=at
        )
        return reverse("assistance:groups")

    title = _("Somebody joins the group")
    return _group_form(request, form, act, title, name=found.name)


@allow(Permission.ASSISTANCE_EDIT, "GET", "POST")
def group_leave(request: HttpRequest, group_id: int, member_id: int) -> HttpResponse:
    """Let somebody leave a sector group.

    Raises:
        Http404: when nobody of that key belongs to it.
    """
    found = selectors.group_get(viewer=request.post, key=group_id)
    here = selectors.group_members(groups=[found], on=timezone.localdate())
    member = next((m for m in here.get(found.pk, []) if m.pk == member_id), None)
    if member is None:
        raise Http404
    form = EndForm(request.POST or None, version=member.version)

    def act(at: datetime) -> str:
        charges.group_member_leave(
            member=member,
            version=form.cleaned_data["version"],
            ended_on=form.cleaned_data["ended_on"],
            by=request.post,
            at=at,
        )
        return reverse("assistance:groups")

    name = name_shown(member.helper.name, request.post.rights)
    title = _("Somebody leaves the group")
    return _group_form(request, form, act, title, name=name)


def _group_form(
    request: HttpRequest, form: Any, act: Any, title: Any, **said: Any
) -> HttpResponse:
    return form_page(
        request,
        form,
        act,
        title=title,
        back=reverse("assistance:groups"),
        region=request.post.region_id,
        **said,
    )


def _choices(request: HttpRequest) -> list[tuple[str, str]]:
    found = standard_list(region=request.post.region_id, as_of=timezone.localdate())
    return indicator_choices(found)


def _group_table() -> Table:
    """Return the groups as the workbook has them, a row each."""

    def people(row: Any) -> str:
        return "；".join(f"{m.get_post_display()} {name}" for m, name in row["members"])

    return Table(
        "groups",
        columns=[
            Column("name", _("name"), lambda row: row["group"].name, width=24),
            Column("place", _("region"), lambda row: row["place"]),
            Column("sector", _("sector"), lambda row: row["sector"] or "—"),
            Column("people", _("people"), people, width=40),
            Column(
                "owned",
                _("Indicators it owns"),
                lambda row: "；".join(row["indicators"]),
                width=40,
            ),
        ],
        size=1000,
    )


def _chain_table(post: Any, *, edits: bool) -> Table:
    """Return the table of who answers; a region with parts leads to them."""
    village = LENGTH_BY_LEVEL["village"]

    def parts(row: Any) -> str:
        inside = len(row[0].code) < village
        return f"{reverse('assistance:chain')}?region={row[0].code}" if inside else ""

    change = Column(
        "change",
        _("Act"),
        lambda row: str(_("Somebody else")) if row[2] else str(_("Say who")),
        href=lambda row: reverse("assistance:link_set", args=[row[0].code]),
        act=True,
    )
    return Table(
        "chain",
        columns=[
            Column(
                "place",
                _("region"),
                lambda row: row[1],
                href=parts,
            ),
            Column("code", _("code"), lambda row: row[0].code, minor=True),
            Column(
                "who",
                _("who answers for it"),
                lambda row: (
                    name_shown(row[2].helper.name, post.rights) if row[2] else None
                ),
                href=lambda row: (
                    reverse("assistance:helper", args=[row[2].helper_id])
                    if row[2]
                    else ""
                ),
            ),
            Column(
                "unit",
                _("unit"),
                lambda row: (
                    row[2].helper.position or row[2].helper.unit.name
                    if row[2]
                    else None
                ),
            ),
            Column(
                "from",
                _("from"),
                lambda row: row[2].starts_on if row[2] else None,
                kind=Kind.DAY,
            ),
            *([change] if edits else []),
        ],
        empty=_("There is no region here."),
    )
