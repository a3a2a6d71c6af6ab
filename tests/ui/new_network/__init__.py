"""Tests of `explorer/ui/new_network/`: the page on which a new network is written."""
