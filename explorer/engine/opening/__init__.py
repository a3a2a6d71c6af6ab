"""A person's own model out of files: a Python file, weights for its class, an exported program.

What is offered is found without running anything. Only `python_file` and `program` run what somebody else wrote, and
their callers have asked before. What a model takes is looked for in the file and its library, then tried on the meta
device.
"""
