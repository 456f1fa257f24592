"""``python -m putfix``."""

from putfix.cli import main

if __name__ == "__main__":
    main(prog_name="putfix")
