"""The app's configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    """Problems and their strike-off."""

    name = "xiuhua.apps.ledger"
    label = "ledger"
    verbose_name = _("Ledger of problems")
