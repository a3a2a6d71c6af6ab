"""Training: examples, objective, one step, what is kept, what stops a run, how its layers fare, and steps on record.

`train.train` puts them together. Nothing in here draws, waits, or knows of a window.
"""
