"""Tests of `explorer/ui/maps/`: feature maps."""
