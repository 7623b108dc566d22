#!/usr/bin/env python
"""Django's entry point; the settings come from the environment."""

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "xiuhua.config.settings")
    os.environ.setdefault("XIUHUA_DATA_DIR", str(Path(__file__).parent / "var"))
    execute_from_command_line(sys.argv)
