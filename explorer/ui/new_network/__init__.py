"""The page on which a new network is written: templates, the text with completion, what it says, and a cheat sheet.

Widgets alone: what is done with the text is the shell's. What a text says, how it goes on and how it is mended is
`explorer.network.draft` and `explorer.network.completing`.
"""
