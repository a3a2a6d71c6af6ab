"""Which class a network took for which: the matrix, and the pictures behind a cell."""
