"""The addresses of pages: signing in and out, then one include per page family.

Of signing in only the pages of allauth that a user of ours has: nobody signs up, and
nobody has a mail address to write to.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from django.urls import URLPattern, include, path

from xiuhua.web.access import PUBLIC, SIGNED_IN, Entrance, View, allow


def _page(
    address: str,
    view: View,
    name: str,
    what: Entrance = SIGNED_IN,
    methods: tuple[str, ...] = ("GET", "POST"),
) -> URLPattern:
    return path(address, allow(what, *methods)(view), name=name)


_SIGN_IN = [
    _page("sign-in/", account.login, "account_login", PUBLIC),
    _page("sign-out/", account.logout, "account_logout", PUBLIC),
    _page("sign-in/again/", account.reauthenticate, "account_reauthenticate"),
    _page("sign-in/second/", mfa.authenticate, "mfa_authenticate", PUBLIC),
    _page("sign-in/second/again/", mfa.reauthenticate, "mfa_reauthenticate"),
    _page("password/", account.password_change, "account_change_password"),
    _page("second-factor/", mfa.index, "mfa_index"),
    _page("second-factor/set-up/", totp.activate_totp, "mfa_activate_totp"),
    _page("second-factor/remove/", totp.deactivate_totp, "mfa_deactivate_totp"),
    _page(
        "second-factor/codes/",
        recovery_codes.view_recovery_codes,
        "mfa_view_recovery_codes",
    ),
    _page(
        "second-factor/codes/new/",
        recovery_codes.generate_recovery_codes,
        "mfa_generate_recovery_codes",
    ),
    _page(
        "second-factor/codes/download/",
        recovery_codes.download_recovery_codes,
        "mfa_download_recovery_codes",
    ),
]

# A page family adds one line.
urlpatterns = [
    *_SIGN_IN,
    path("", include("xiuhua.web.pages.entry.urls")),
    path("", include("xiuhua.web.pages.own.urls")),
    path("", include("xiuhua.web.pages.people.urls")),
    path("", include("xiuhua.web.pages.security.urls")),
    path("", include("xiuhua.web.pages.reveal.urls")),
    path("", include("xiuhua.web.pages.documents.urls")),
    path("", include("xiuhua.web.pages.files.urls")),
    path("", include("xiuhua.web.pages.auditing.urls")),
    path("", include("xiuhua.web.pages.system.urls")),
    path("", include("xiuhua.web.pages.households.urls")),
    path("", include("xiuhua.web.pages.assistance.urls")),
    path("", include("xiuhua.web.pages.sheets.urls")),
    path("", include("xiuhua.web.pages.plans.urls")),
    path("", include("xiuhua.web.pages.room.urls")),
    path("", include("xiuhua.web.pages.regions.urls")),
    path("", include("xiuhua.web.pages.mine.urls")),
    path("", include("xiuhua.web.pages.drives.urls")),
    path("", include("xiuhua.web.pages.exchange.urls")),
    path("", include("xiuhua.web.pages.screening.urls")),
    path("", include("xiuhua.web.pages.health.urls")),
    path("", include("xiuhua.web.pages.ledger.urls")),
]
