"""Measuring with a run: ``python -m putfix.trace SCRIPT`` records what a program passes to remote calls."""
