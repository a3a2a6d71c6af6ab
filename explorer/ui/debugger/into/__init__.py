"""One call from the inside: the kernel over its input, the terms of a number, the table of a loss."""
