"""For people who write array classes.

`mixin` has the class to inherit from, `registry` the decorator `implements`, `fallbacks` who
answers for what the class does not implement, and `standard` the Array API's namespace.
"""

from __future__ import annotations

from .mixin import ArrayFunctionMixin
from .registry import implements

__all__ = ["ArrayFunctionMixin", "implements"]
