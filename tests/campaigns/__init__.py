"""Long runs of generated cases, by hand: `python -m tests.campaigns.NAME --count N`. The suite takes a small sample."""
