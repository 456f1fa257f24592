"""How large a value is, of what type, and whether anything else can reach it."""
