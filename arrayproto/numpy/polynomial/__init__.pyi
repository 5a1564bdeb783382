from numpy.polynomial import *

from . import chebyshev as chebyshev  # type: ignore[no-redef]
from . import hermite as hermite  # type: ignore[no-redef]
from . import hermite_e as hermite_e  # type: ignore[no-redef]
from . import laguerre as laguerre  # type: ignore[no-redef]
from . import legendre as legendre  # type: ignore[no-redef]
from . import polynomial as polynomial  # type: ignore[no-redef]
from . import polyutils as polyutils
