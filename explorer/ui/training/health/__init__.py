"""How each layer fares while it learns: the strip of signs and the table of numbers."""
