"""Typing over numbers where they are seen, as in a spreadsheet: a chosen range of cells, a box over one, and its keys.

What the numbers belong to is told by the feature that shows them, by a `TypingTarget`; a `NumberWriter` takes them.
"""
