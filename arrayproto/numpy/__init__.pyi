# Type checkers and editors see NumPy's own signatures; the submodules are ours.
from numpy import *
from numpy import __version__ as __version__

from . import char as char  # type: ignore[no-redef]
from . import fft as fft  # type: ignore[no-redef]
from . import lib as lib  # type: ignore[no-redef]
from . import linalg as linalg  # type: ignore[no-redef]
from . import polynomial as polynomial  # type: ignore[no-redef]
from . import random as random  # type: ignore[no-redef]
from . import rec as rec  # type: ignore[no-redef]
from . import strings as strings  # type: ignore[no-redef]
