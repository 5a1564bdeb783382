from numpy.lib import *

from . import array_utils as array_utils  # type: ignore[no-redef]
from . import scimath as scimath  # type: ignore[no-redef]
from . import stride_tricks as stride_tricks  # type: ignore[no-redef]
