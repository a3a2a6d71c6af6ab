"""The parts of a training run: examples, objective, one step, what is kept, what stops it.

`explorer.engine.train.train` puts them together. Nothing in here draws or waits.
"""
