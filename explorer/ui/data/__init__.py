"""Choosing what a network learns from: the browser of data sets, their examples, the words about them."""
