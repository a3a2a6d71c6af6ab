"""Tests of `explorer/ui/training/`: runs, their curves, film, health and planes."""
