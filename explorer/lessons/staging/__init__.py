"""A scene set up without a window: its network built and run by the engine, and what readings find in the recording.

Only what plays or checks a lesson imports this, for it needs PyTorch.
"""
