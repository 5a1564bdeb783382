"""The commands of the command line: the arguments of each, and what it calls.

Each is imported for its arguments alone; what does the work is imported where the command is run.
"""
