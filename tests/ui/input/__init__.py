"""Tests of `explorer/ui/input/`: the picture that is fed, and what the network answers."""
