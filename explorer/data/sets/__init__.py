"""One file for each data set, or kind of file, that can be opened. What is slow to import is imported on use."""
