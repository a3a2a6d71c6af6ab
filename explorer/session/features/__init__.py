"""What a person can do, a small class for each feature: its verbs, and how it follows the state.

A feature is given the store, and whatever other feature it needs as an argument. It subscribes to nothing but the
store. Nothing here runs PyTorch: a feature asks the worker for an answer, or begins an errand in a lane.
"""
