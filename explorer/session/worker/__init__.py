"""What the runner's thread owns: the workbench, and what is done with it, one small class for each part.

A part is given those that it needs; none reaches into another. `Worker` names them for the jobs.
Torch is imported only in that thread. Nothing here knows who asks.
"""
