"""From a function and its arguments to the program that runs."""
