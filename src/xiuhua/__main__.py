"""`python -m xiuhua` and the `xiuhua` command."""

import signal
import sys


def main() -> int:
    """Run the command line and return its exit code."""
    # Ended from outside is like interrupted: working files with names are removed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    from xiuhua.cli.main import run  # noqa: PLC0415  keeps `import xiuhua` free of click

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
