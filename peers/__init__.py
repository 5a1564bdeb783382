"""The test suites of array libraries, run with and without arrayproto: ``python -m peers``."""
