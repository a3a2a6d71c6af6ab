"""Loss and accuracy over the steps of runs: drawn, read off, saved as pictures and tables."""
