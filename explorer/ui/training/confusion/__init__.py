"""What a network took for what: the matrix, and the pictures behind a cell."""
