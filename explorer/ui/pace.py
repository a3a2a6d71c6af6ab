"""How often the views of a run are drawn while it goes."""

REDRAW_MS = 200
"""Five times a second: the interpreter is shared with the run, and drawing curves at fifteen took a fifth of it."""
