"""The program as a tree of effects in the order they happen, and how it is made from the syntax."""
