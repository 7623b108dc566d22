"""Entry of a WSGI server."""

import atexit
import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiuhua.config.settings")
application = get_wsgi_application()

# Everything a page is made of is loaded now instead of by the first request, and stays:
# the search for garbage would look through all of it every few pages, for a tenth of a
# second while somebody waits.
_pages = get_resolver().url_patterns
gc.collect()
gc.freeze()
# At the end it is garbage like the rest.
atexit.register(gc.unfreeze)
