"""Tests of `explorer/ui/losses/`: all losses beside each other."""
