"""`numpy.lib.stride_tricks`, dispatched: see `arrayproto.namespace`."""

import numpy.lib.stride_tricks as _mirrored

from arrayproto.namespace import populate as _populate

__getattr__, __dir__, __all__ = _populate(__name__, _mirrored)
