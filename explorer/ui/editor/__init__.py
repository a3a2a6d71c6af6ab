"""The network as it is edited: cards, palette, the form of a layer with its arithmetic."""
