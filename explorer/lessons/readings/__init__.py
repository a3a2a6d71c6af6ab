"""The language of a lesson's readings: cells, facts, arithmetic and conditions over them; parsed, never run as code.

What a name stands for is not known here: `Source` in `evaluating.py` is asked for it.
"""
