"""The Overview tab: the whole network with the picture running through it, and the table of its calls.

Where everything lies, from the state to columns, groups, places and edges, is worked out without Qt; `view` shows it.
"""
