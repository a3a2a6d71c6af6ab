"""Tests of `explorer/ui/overview/`: the whole network on one screen, and all calls of a step."""
