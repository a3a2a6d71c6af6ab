"""What every feature of the window uses: theme, text, icons, dialogs, number boxes, how a view follows the state.

Here lives nothing that serves one feature alone, and nothing that knows of a feature.
"""
