"""`numpy.lib.recfunctions`, dispatched: see `arrayproto.namespace`."""

import numpy.lib.recfunctions as _mirrored

from arrayproto.namespace import populate as _populate

__getattr__, __dir__, __all__ = _populate(__name__, _mirrored)
