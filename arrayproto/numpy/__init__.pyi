# Type checkers and editors see NumPy's own signatures.
from numpy import *
from numpy import __version__ as __version__

from . import char as char
from . import fft as fft
from . import lib as lib
from . import linalg as linalg
from . import polynomial as polynomial
from . import random as random
from . import rec as rec
from . import strings as strings
from .lib import scimath as emath
