"""Benchmarks of arrayproto and its peers; see README.md beside this file."""
