"""`python -m xiuhua` and the `xiuhua` command."""

import signal
import sys


def main() -> int:
    """Run the command line and return its exit code."""
    # Ended from outside is like interrupted: working files with names are removed.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # Imported here, so that `import xiuhua` is free of click.
    from xiuhua.cli.main import run  # noqa: PLC0415
    from xiuhua.config.commands import group  # noqa: PLC0415

    return run(sys.argv[1:], group)


if __name__ == "__main__":
    sys.exit(main())
