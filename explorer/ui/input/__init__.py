"""What the network is fed and what it answers: the Input pane with its drawing, and the Prediction pane."""
