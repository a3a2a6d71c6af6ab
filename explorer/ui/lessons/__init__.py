"""Lessons: the contents, and one step at a time beside the ordinary views, which show what it is about."""
