"""What tells how large a value is without its contents: the program can send that in place of the value."""

ATTRIBUTES = frozenset({"shape", "size", "ndim", "dtype", "nbytes", "itemsize"})
"""Attributes of arrays, tensors and tables that are small (NumPy reference, "The N-dimensional array"; pandas
reference, "DataFrame"; PyTorch documentation, "Tensor Attributes")."""

FUNCTIONS = frozenset({"builtins.len"})
"""Functions of one argument."""
