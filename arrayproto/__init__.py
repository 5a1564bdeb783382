"""placeholder"""
from .dispatch import array_function_dispatch, get_implementing_args, verify_matching_signatures
