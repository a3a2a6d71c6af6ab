"""Tests of `explorer/ui/debugger/`: the step debugger."""
