"""What every feature of the window uses: theme, text, icons, dialogs, number boxes, how a view follows the state.

Nothing that serves one feature alone, and nothing that knows of a feature, belongs here.
"""
