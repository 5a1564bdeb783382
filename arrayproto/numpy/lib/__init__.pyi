from numpy.lib import *

from . import array_utils as array_utils
from . import scimath as scimath
from . import stride_tricks as stride_tricks
