"""The command ``putfix``, and ``python -m putfix``."""

import sys


def main() -> None:
    """Run the command. Interrupted while that is still being loaded, it ends as it does later: with 130."""
    try:
        from putfix.cli import main as command

        command(prog_name="putfix")
    except KeyboardInterrupt:
        sys.exit(130)  # written out, as nothing more may be there


if __name__ == "__main__":
    main()
