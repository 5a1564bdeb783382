"""NumPy programs, unchanged, on arrays that are not NumPy's."""
from .dispatch import array_function_dispatch, get_implementing_args, verify_matching_signatures
from .mixins import *
