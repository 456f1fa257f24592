"""Which version of a value reaches each remote call, and whether Ray runs there."""
