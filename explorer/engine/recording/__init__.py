"""One pass of real PyTorch on record: every call, its tensors, its gradients, how its cells lie over what it read.

Here the model runs and is left as it was found. Why a number is what it is, is told in `explaining`; nothing here
knows of training runs, of files or of the model that a window looks at.
"""
