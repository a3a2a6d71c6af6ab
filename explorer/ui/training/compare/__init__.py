"""The Compare tab of the training strip: what is varied, all variants in a table, their curves beside it."""
