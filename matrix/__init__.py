"""Versions of Python, NumPy and the libraries that arrayproto is tested on: `make matrix`."""
