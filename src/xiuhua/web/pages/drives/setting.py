"""Set and change a drive; record what held it up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assessments.selectors.room_standards import standard_list
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.supervision import selectors as supervision
from xiuhua.apps.supervision import services
from xiuhua.apps.supervision.rules import Said
from xiuhua.web.access import allow
from xiuhua.web.acting import acted
from xiuhua.web.failures import conflict
from xiuhua.web.forms import ActForm
from xiuhua.web.pages.drives.forms import DriveForm, ShockForm
from xiuhua.web.shell import trail, worded


_FIELDS = (
    *("name", "kind", "regions", "sources", "classes", "indicators"),
    *("starts_on", "ends_on", "reserve_days", "document"),
)


@dataclass(frozen=True)
class Difference:
    """A field in which what was sent is not what stands now."""

    label: Any
    old: Any
    new: Any


@allow(Permission.DRIVE_EDIT, "GET", "POST")
def enter(request: HttpRequest) -> HttpResponse:
    """Set a drive."""
    form = _form(request, {"regions": [request.post.region_id]})

    def act(at: datetime) -> str:
        drive = services.drive_set(
            said=_said(form), once=form.cleaned_data["once"], by=request.post, at=at
        )
        return reverse("drives:home", args=[drive.pk])

    if request.method == "POST" and form.is_valid():
        done = _("The drive is set. From now on every step of a problem counts in it.")
        answer = acted(request, form, act, done=lambda: done)
        if answer is not None:
            return answer
    return _page(request, form, _("Set a drive"), reverse("drives:index"))


@allow(Permission.DRIVE_EDIT, "GET", "POST")
def change(request: HttpRequest, drive_id: int) -> HttpResponse:
    """Change a drive as it was shown."""
    drive = supervision.drive_get(viewer=request.post, drive_id=drive_id)
    stored = {name: getattr(drive.said, name) for name in _FIELDS}
    form = _form(request, stored, version=drive.version)
    home = reverse("drives:home", args=[drive_id])

    def act(at: datetime) -> str:
        services.drive_correct(
            drive_id=drive_id,
            version=form.cleaned_data["version"],
            said=_said(form),
            by=request.post,
            at=at,
        )
        return home

    if request.method == "POST" and form.is_valid():
        done = _("The drive is changed and counted anew.")
        try:
            answer = acted(request, form, act, done=lambda: done)
        except services.DriveChanged:
            return conflict(
                request, changes=_differences(form, stored), back=request.path
            )
        if answer is not None:
            return answer
    return _page(request, form, drive.name, home)


@allow(Permission.DRIVE_EDIT, "GET", "POST")
def shock(request: HttpRequest, drive_id: int) -> HttpResponse:
    """Record what held a drive up."""
    drive = supervision.drive_get(viewer=request.post, drive_id=drive_id)
    form = ShockForm(request.POST or None, version=drive.version)
    home = reverse("drives:home", args=[drive_id])

    def act(at: datetime) -> str:
        said = form.cleaned_data
        services.shock_record(
            drive_id=drive_id,
            version=said["version"],
            name=said["name"],
            starts_on=said["starts_on"],
            ends_on=said["ends_on"],
            once=said["once"],
            by=request.post,
            at=at,
        )
        return home

    if request.method == "POST" and form.is_valid():
        done = _("Recorded. These days count against no place; the pace is shown anew.")
        try:
            answer = acted(request, form, act, done=lambda: done)
        except services.DriveChanged:
            return conflict(request, changes=[], back=request.path)
        if answer is not None:
            return answer
    return _page(request, form, _("What held the work up"), home)


def _form(
    request: HttpRequest, initial: dict[str, Any], version: int | None = None
) -> DriveForm:
    today = timezone.localdate()
    return DriveForm(
        request.POST or None,
        initial=initial,
        version=version,
        regions=_regions(request.post.region_id, today),
        indicators=[
            (f"{standard.pack}.{key}", f"{worded(standard.title)}: {worded(label)}")
            for standard in standard_list(region=request.post.region_id, as_of=today)
            for key, label in standard.indicators
        ],
    )


def _regions(code: str, today: date) -> list[tuple[str, Any]]:
    """Return a region, its parts and theirs, by code."""
    names = regions.near_names(code=code, as_of=today)
    return [(key, f"{key} {name}") for key, name in sorted(names.items())]


def _said(form: DriveForm) -> Said:
    said = {name: form.cleaned_data[name] for name in _FIELDS}
    lists = ("regions", "sources", "classes", "indicators")
    return Said(**said | {name: tuple(said[name]) for name in lists})


def _differences(form: DriveForm, stored: dict[str, Any]) -> list[Difference]:
    found = []
    for name, old in stored.items():
        sent = form.cleaned_data[name]
        sent = tuple(sent) if isinstance(old, tuple) else sent
        if sent != old:
            found.append(Difference(form.fields[name].label, sent, old))
    return found


def _page(request: HttpRequest, form: ActForm, title: Any, back: str) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "back": back,
        "trail": trail(request, request.post.region_id),
    }
    status = 422 if form.errors else 200
    return render(request, "drives/form.html", context, status=status)
