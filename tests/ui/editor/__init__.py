"""Tests of `explorer/ui/editor/`: the layers of a network."""
