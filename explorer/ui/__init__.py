"""How the program looks: QtWidgets, pyqtgraph and numpy, never torch.

A folder a feature: its views, which read `session.state` and call the session's verbs, its widgets, which know nothing
of the session, and its words. `shell` puts the features together; `tensors` and `common` serve them.
What a network is or does is not decided here.
Whatever Qt calls in this room is guarded, see `common.guard`.
"""

from explorer.ui.common.guard import guard_overrides

guard_overrides()  # before any class of this room is made
