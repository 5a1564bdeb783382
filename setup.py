"""The optional C code; everything else is said in pyproject.toml."""

from __future__ import annotations

import sys
import sysconfig

import numpy
from setuptools import Extension, setup

# Where it does not compile, nothing is missing: the Python code beside it does the same. It is left
# out on a free-threaded Python, which would turn its GIL on for it.
wanted = sys.implementation.name == "cpython" and not sysconfig.get_config_var("Py_GIL_DISABLED")
extensions = [
    Extension(
        f"arrayproto.{name}",
        [f"arrayproto/{name}.c"],
        depends=["arrayproto/_frames.h"],
        include_dirs=[numpy.get_include()],
        # One jump less to each function of CPython's: what is not in the caches is slow to jump to.
        extra_compile_args=["-fno-plt"] if sys.platform == "linux" else [],
        optional=True,
    )
    for name in ("_speed", "_sites", "_buffers")
]
setup(ext_modules=extensions if wanted else [])
