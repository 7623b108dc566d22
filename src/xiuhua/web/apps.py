"""The configuration of the web interface: no models, its templates and middleware."""

from django.apps import AppConfig

from xiuhua.web.forms import speak_plainly


class WebConfig(AppConfig):
    """Web interface."""

    name = "xiuhua.web"
    label = "web"

    def ready(self) -> None:
        """Word what forms refuse."""
        speak_plainly()
