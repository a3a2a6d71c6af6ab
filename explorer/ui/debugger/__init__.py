"""The Step debugger tab: one training step, a call at a time, forward and back.

`into/` shows one call from the inside, `node_link/` draws small networks.
"""
