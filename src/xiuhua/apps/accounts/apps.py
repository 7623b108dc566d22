"""The app's configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Accounts."""

    name = "xiuhua.apps.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Record sign-ins: here Django leaves nothing but its signals."""
        # It needs models, which are not loaded when this module is.
        from xiuhua.apps.accounts import sign_in  # noqa: PLC0415

        sign_in.connect()
