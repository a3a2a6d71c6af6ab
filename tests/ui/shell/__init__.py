"""Tests of `explorer/ui/shell/`: the window that puts the features together."""
