"""Finding anything by typing a part of its name: commands, layers, steps, settings, data, pictures, lessons.

What can be found is one entry in `sources.SOURCES` each; how well a name fits what was typed is told in `fuzzy`.
"""
