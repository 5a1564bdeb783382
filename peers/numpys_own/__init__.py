"""NumPy's own tests, on the arrays of other libraries: ``python -m peers.numpys_own``."""
