"""The run as a film: what the network made of one picture at its steps, walked through and saved."""
