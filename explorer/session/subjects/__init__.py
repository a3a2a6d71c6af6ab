"""What the window looks at, a class for each kind: an editable network, a person's own model, or nothing yet.

All in which they differ lies here: what they are made of, what may be done with them and why not, what runs them.
Another kind (a file of a traced model, say) is one more file here. No state, no view and no worker belongs here:
they ask the subject, and never which kind it is. Frozen; free of Qt, and of torch until a pass is read.
"""
