"""How the program looks: QtWidgets, pyqtgraph and numpy, never torch.

`main_window` is the list of parts, `actions` the table of commands, `theme` the colours and type.
`views/` holds one file a panel: each reads `session.state` and calls the session's verbs.
`widgets/` holds parts that know nothing of the session. What a network is or does is not decided here.
Whatever Qt calls in this room is guarded, see `guard`.
"""

from explorer.ui.guard import guard_overrides

guard_overrides()  # before any class of this room is made
