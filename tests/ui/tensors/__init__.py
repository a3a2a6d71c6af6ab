"""Tests of `explorer/ui/tensors/`: any tensor as an image or bars."""
