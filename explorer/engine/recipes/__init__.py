"""How the networks that come with the program were made, so that one command makes them again.

    python -m explorer.engine.recipes cifar10 --data cifar10_jpeg.npz

A recipe is a JSON file beside the weights in resources/networks. Nothing in the program needs this package.
"""
