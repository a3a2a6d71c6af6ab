"""`python -m explorer` and the command `network-explorer`."""

import sys


def main() -> None:
    """Run the command line; the exit status is the process's own."""
    from explorer.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
