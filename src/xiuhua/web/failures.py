"""What a user is told when a request fails: what happened, and what to do next.

The pages of 400 to 429 stand in the frame of the site. Those of 500 and 503 stand
alone: whatever failed must not be needed to say so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from xiuhua.core.errors import XiuhuaError, kept_worded
from xiuhua.messages import translator
from xiuhua.web.content_security import Answer
from xiuhua.web.shell import language


def error_words(error: Mapping[str, Any] | None) -> str:
    """Return what stopped a worker, as it was kept, in the language of the page."""
    if not error or "message" not in error:
        return ""
    return kept_worded(error, translator(language()))


@dataclass(frozen=True)
class Failure:
    """The words of a failure page."""

    title: Any
    happened: Any
    next: Any


FAILURES: Final[Mapping[int, Failure]] = MappingProxyType(
    {
        400: Failure(
            _("The request could not be read"),
            _("What your browser sent is incomplete or damaged. Nothing was changed."),
            _("Go back, load the page again and repeat what you did."),
        ),
        403: Failure(
            _("Your post does not allow this"),
            _("This page belongs to another role. Nothing was changed."),
            _("If you hold several posts, choose another at the top of the page."),
        ),
        404: Failure(
            _("There is no such page"),
            _("It does not exist, or it lies outside your region."),
            _("Start again from the navigation above."),
        ),
        405: Failure(
            _("This address is not opened like that"),
            _("It only takes what a form sends. Nothing was changed."),
            _("Start again from the navigation above."),
        ),
        409: Failure(
            _("Somebody changed this in the meantime"),
            _("So that no work is lost, nothing of yours was saved."),
            _("Compare below, then open the page again and enter what still applies."),
        ),
        413: Failure(
            _("That is too large"),
            _("What you sent is larger than this site takes. Nothing was saved."),
            _("Send it in parts, or ask your administrator for a higher limit."),
        ),
        429: Failure(
            _("Too many requests"),
            _("More was asked from here than the site answers in so short a time."),
            _("Wait a minute, then try again."),
        ),
        500: Failure(
            _("Something failed on our side"),
            _("The fault was noted. What you had saved before is safe."),
            _("Try again; if it fails again, tell your administrator when."),
        ),
        503: Failure(
            _("The site is busy"),
            _("The database did not answer in time. Nothing was saved."),
            _("Try again in a few seconds: go back, what you typed is still there."),
        ),
    }
)
_ALONE: Final = frozenset({500, 503})
# Errors that are more than a request that cannot be done, by their stable code.
STATUS_OF: Final[Mapping[str, int]] = MappingProxyType(
    {
        "accounts.not_permitted": 403,
        "assessments.adoption_not_found": 404,
        "assessments.run_not_found": 404,
        "assessments.runs_unlike": 404,
        "assessments.campaign_changed": 409,
        "assistance.help_missing": 404,
        "assistance.stale_help": 409,
        "attachments.attachment_missing": 404,
        "documents.paper_missing": 404,
        "exchange.download_gone": 404,
        "exchange.not_here": 404,
        "exchange.upload_missing": 404,
        "ledger.problem_missing": 404,
        "ledger.stale_problem": 409,
        "plans.plan_missing": 404,
        "plans.stale_plan": 409,
        "regions.not_in_force": 404,
        "registry.household_missing": 404,
        "registry.household_not_found": 404,
        "registry.person_missing": 404,
        "registry.version_missing": 409,
        "registry.version_stale": 409,
        "sheets.missing": 404,
        "sheets.stale_sheet": 409,
        "supervision.drive_changed": 409,
        "supervision.drive_missing": 404,
    }
)


def failed(
    request: HttpRequest, status: int, *, detail: str = "", **context: Any
) -> HttpResponse:
    """Return the page of a failure; `detail` says more than the status does."""
    words = FAILURES[status]
    context |= {"failure": words, "status": status, "detail": detail}
    if status in _ALONE:
        context["language"] = language()
        return HttpResponse(
            render_to_string("web/failure_alone.html", context), status=status
        )
    response = render(request, "web/failure.html", context, status=status)
    if request.headers.get("HX-Request"):
        # A part of a page was asked for: the whole content gives way to the failure.
        response["HX-Retarget"] = response["HX-Reselect"] = "#main"
        response["HX-Reswap"] = "outerHTML"
    return response


def conflict(
    request: HttpRequest, *, changes: Sequence[Any], back: str
) -> HttpResponse:
    """Return the 409 page of a form whose record was changed by somebody else.

    `changes` have `label`, `old`, `new`, `by` and `at` (what was saved meanwhile);
    `back` is the address of the page with the record as it is now.
    """
    return failed(request, 409, changes=changes, back=back)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that could not be read, or was too large to be."""
    return failed(request, 413 if isinstance(exception, RequestDataTooBig) else 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request the post does not allow."""
    return failed(request, 403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without the mark of this site: mostly a page kept open too long."""
    return failed(
        request,
        403,
        detail=str(_("The form was opened too long ago, or before you signed in.")),
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request for what is not there, or not in the region of the post."""
    return failed(request, 404)


def server_failed(request: HttpRequest) -> HttpResponse:
    """Answer a request that met a fault of the program."""
    return failed(request, 500)


class FailureMiddleware:
    """Turn refusals without a page, and errors meant for users, into pages."""

    def __init__(self, get_response: Answer):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Put a page where the answer is a bare status."""
        response = self.get_response(request)
        bare = response.status_code in (405, 413, 429) and not response.streaming
        if not bare or response.content:
            return response
        page = failed(request, response.status_code)
        if "Allow" in response:
            page["Allow"] = response["Allow"]
        return page

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        """Answer an error a view did not meet itself; None leaves it to Django."""
        if isinstance(exception, XiuhuaError):
            status = STATUS_OF.get(exception.code, 400)
            # What is not there and what lies elsewhere must look alike to the letter.
            detail = "" if status == 404 else exception.worded(translator(language()))
            back = request.path if status == 409 else ""
            return failed(request, status, detail=detail, back=back)
        if isinstance(exception, OperationalError):
            return failed(request, 503)
        return None
