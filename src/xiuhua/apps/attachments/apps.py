"""The app's configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AttachmentsConfig(AppConfig):
    """Attachments."""

    name = "xiuhua.apps.attachments"
    label = "attachments"
    verbose_name = _("Attachments")
