"""The app's configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SupervisionConfig(AppConfig):
    """Drives and how far they are."""

    name = "xiuhua.apps.supervision"
    label = "supervision"
    verbose_name = _("Supervision")
