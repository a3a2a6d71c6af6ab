"""Tests of the window, a folder a feature as in `explorer/ui/`; those that go through several features stand here."""
