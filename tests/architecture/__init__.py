"""What holds the structure itself: one entry for one thing."""
