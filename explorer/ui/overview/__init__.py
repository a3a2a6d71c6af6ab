"""Where everything of the overview lies: from the state to columns, groups, places and edges. Pure; no Qt.

`views/overview.py` shows what is worked out here, with the widgets of the same name.
"""
