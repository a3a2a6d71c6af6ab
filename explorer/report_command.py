"""The command `report`: what a report of a problem needs, in a form that can be pasted."""

from __future__ import annotations

import argparse

from explorer.report import Part, report


def run(arguments: list[str]) -> int:
    """Print versions, device, display, fonts and folders; the exit status."""
    parser = argparse.ArgumentParser(
        prog="network-explorer report",
        description="Print what a report of a problem needs: versions, device, display, fonts, folders.",
    )
    parser.parse_args(arguments)
    print(report(_device(), _display()), end="")
    return 0


def _device() -> Part:
    """What PyTorch runs on; a broken PyTorch is something to report too."""
    try:
        from explorer.engine.model import device

        rows = tuple((f"device {at}", device.describe(name)) for at, name in enumerate(device.available(), 1))
        return Part("Devices", (*rows, ("build", device.build())))
    except Exception as error:  # whatever an import of a half-installed library raises
        return Part("Devices", (("", f"PyTorch cannot be used: {error}"),))


def _display() -> Part:
    from explorer.display import missing_display

    problem = missing_display()
    if problem:
        return Part("Display", (("", problem),))
    try:
        from explorer.app import application
        from explorer.ui.common.report_words import display

        application()
        return display()
    except ImportError as error:
        return Part("Display", (("", f"Qt cannot be used: {error}"),))
