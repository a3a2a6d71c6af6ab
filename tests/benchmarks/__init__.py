"""Benchmarks: each prints its figure beside a baseline from the same run, as a ratio. Never run as tests.

`python -m tests.benchmarks` runs them all.
"""
