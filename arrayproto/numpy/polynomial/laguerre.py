"""`numpy.polynomial.laguerre`, dispatched: see `arrayproto.namespace`."""

import numpy.polynomial.laguerre as _mirrored

from arrayproto.namespace import populate as _populate

__getattr__, __dir__, __all__ = _populate(__name__, _mirrored)
