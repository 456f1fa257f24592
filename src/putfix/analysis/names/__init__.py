"""What names and calls mean: variables, attributes, the functions of the file, Ray's remote calls."""
