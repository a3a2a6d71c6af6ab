"""The model itself: where it runs, how it is loaded, its weights in files and in memory, the workbench that holds it.

The top room of the engine: it may use the others, and none of them knows of it.
"""
