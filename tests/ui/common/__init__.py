"""Tests of `explorer/ui/common/`: what all features share."""
