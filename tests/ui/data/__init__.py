"""Tests of `explorer/ui/data/`: data sets and their pictures."""
