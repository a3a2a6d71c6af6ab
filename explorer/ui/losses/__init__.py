"""All losses of the same predictions and targets beside each other, which can be dragged and typed."""
