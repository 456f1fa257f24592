"""Hoist large values that Ray tasks and actors are given again and again into one ``ray.put``."""

from putfix.fix import fix_source
from putfix.model import Evidence, Finding, Hoist, Obstacle, Problem, Result, Strength

__all__ = ["Evidence", "Finding", "Hoist", "Obstacle", "Problem", "Result", "Strength", "fix_source"]
