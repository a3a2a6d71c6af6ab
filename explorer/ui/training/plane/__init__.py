"""Pictures over two axes: the decisions of a network of two inputs, and the loss over two weights."""
