"""``python -m arrayproto demo``: one unchanged NumPy program on every array library that is there.

`program` is the program and knows NumPy alone; `data` is what it reads. `backends` says how an
array of each library is made and read back, `worker` runs the program on one of them, `runner`
starts a process for each, and `report` prints what came out.
"""
