"""From a recorded step to the arithmetic of one of its numbers, and to the steps worth stopping at.

The arithmetic itself is in `explorer.arithmetic`; here it is given the tensors of a recording and checked against
what PyTorch computed. Nothing here runs a model, except for the finite difference that checks a derivative.
"""
