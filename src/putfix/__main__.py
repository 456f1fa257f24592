"""The command ``putfix``, and ``python -m putfix``."""

import gc
import sys

from putfix.garbage import rare_collection


def main() -> None:
    """Run the command. Interrupted while that is still being loaded, it ends as it does later: with 130."""
    try:
        with rare_collection():  # also while modules are loaded, of which nothing is freed
            from putfix.cli import main as command

            gc.freeze()
            command(prog_name="putfix")
    except KeyboardInterrupt:
        sys.exit(130)  # written out, as nothing more may be there


if __name__ == "__main__":
    main()
