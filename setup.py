"""The optional C code; everything else is said in pyproject.toml."""

from __future__ import annotations

import glob
import sys
import sysconfig

import numpy
from setuptools import Extension, setup

#: What each module is made of, in arrayproto/src.
SOURCES = {
    "_speed": (
        *("speed", "implementing", "callable", "function", "rebound"),
        *("compound", "adapter", "product", "ranked", "direct"),
    ),
    "_sites": ("sites",),
    "_buffers": ("buffers",),
}

# Where it does not compile, nothing is missing: the Python code beside it does the same. It is left
# out on a free-threaded Python, which would turn its GIL on for it.
wanted = sys.implementation.name == "cpython" and not sysconfig.get_config_var("Py_GIL_DISABLED")
extensions = [
    Extension(
        f"arrayproto.{name}",
        [f"arrayproto/src/{source}.c" for source in sources],
        depends=sorted(glob.glob("arrayproto/src/*.h")),
        include_dirs=[numpy.get_include()],
        # One jump less to each function of CPython's: what is not in the caches is slow to jump to.
        extra_compile_args=["-fno-plt"] if sys.platform == "linux" else [],
        optional=True,
    )
    for name, sources in SOURCES.items()
]
setup(ext_modules=extensions if wanted else [])
