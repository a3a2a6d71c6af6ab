"""Lessons in the window, driven as a person would."""
