"""One file a panel of the window.

A view shows `session.state`, calls the session's verbs, and keeps no truth of its own.
"""
