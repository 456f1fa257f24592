"""A generator of programs that send large values, with everything between the sends that may happen to them."""

from generator.catalogue import catalogue, of_carriers
from generator.choices import Choices, Drawn, Seeded
from generator.objects import of_objects
from generator.programs import Program, program
from generator.splitting import split

__all__ = ["Choices", "Drawn", "Program", "Seeded", "catalogue", "of_carriers", "of_objects", "program", "split"]
