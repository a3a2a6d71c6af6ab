"""A monkey at the window: presses, types, drags, drops, resizes, hides, floats and undoes at random.

`hand.py` does one random thing, `bag.py` holds the files it opens, `keeper.py` looks for faults while it goes on and
whether everything agrees after every hundred. `python -m tests.monkey --seed 3 --events 30000` plays by hand;
the suite plays two minutes of it. It reads the window as it stands, never its private names.
"""
