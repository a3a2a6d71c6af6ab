"""`python -m explorer` and the command `network-explorer`."""

import sys


def main() -> None:
    """Run the command line; its exit status becomes the process's own, and ctrl-C gives 130, as in a shell."""
    try:
        from explorer.cli import run

        sys.exit(run(sys.argv[1:]))
    except KeyboardInterrupt:  # also while the imports of the first seconds go on
        sys.exit(130)


if __name__ == "__main__":
    main()
