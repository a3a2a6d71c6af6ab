"""The training strip: runs and their settings. Curves, health, film, confusion and planes have folders of their own."""
