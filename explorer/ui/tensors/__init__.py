"""Any tensor as pictures or bars with its numbers: layout, colours, what is in sight.

What a tensor means, and what may be done with it, is told by the feature that shows it.
"""
