"""The settings of the application as the tests run it: a data folder of their own."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

from tests.means import FOR_TESTS


for _name in [n for n in os.environ if n.startswith("XIUHUA_") and n not in FOR_TESTS]:
    del os.environ[_name]
_folder = tempfile.mkdtemp(prefix="xiuhua-test-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["XIUHUA_DATA_DIR"] = _folder

from xiuhua.config.settings import *  # noqa: E402, F403


# The real one is slow on purpose; what it is, is tested by its name.
REAL_PASSWORD_HASHERS = PASSWORD_HASHERS  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Done at once, in the transaction of the test.
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
# A file: threads must be able to share it.
DATABASES["default"]["TEST"] = {"NAME": os.path.join(_folder, "test.sqlite3")}  # noqa: F405
# Tests ask for pages, not for files: these have no digest in their names.
STORAGES["staticfiles"] = {  # noqa: F405
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
STATIC_ROOT.mkdir()  # noqa: F405
