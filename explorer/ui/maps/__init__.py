"""The Feature maps tab: all channels of a layer, the chosen one large, and where a cell comes from."""
