"""Training: examples, objective, one step, what is kept, what stops it, how a run fares, and steps on record.

`train.train` puts them together. Nothing in here draws, waits, or knows of a window.
"""
