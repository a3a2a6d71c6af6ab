"""The commands of the menu "File"."""

from __future__ import annotations

from explorer.session import Verb
from explorer.ui.common.command import SEPARATOR, Command, Condition, allows
from explorer.ui.input.commands import OPEN_PICTURE
from explorer.ui.shell import commands

ALREADY = "What is open is an editable network already."

FILE_COMMANDS: tuple[Command | str, ...] = (
    Command(
        "startList",
        "File",
        "Networks…",
        "Choose one of the networks that come with the program.",
        commands.show_start_list,
        "ph.squares-four",
        "Ctrl+Shift+N",
    ),
    Command(
        "newNetwork",
        "File",
        "New network…",
        "Write a network, or begin with one of the templates.",
        commands.new_network,
        "ph.file-plus",
        "Ctrl+N",
    ),
    Command(
        "openNetwork",
        "File",
        "Open network…",
        "Open a network file.",
        commands.choose_network,
        "ph.folder-open",
        "Ctrl+O",
    ),
    Command(
        "openModel",
        "File",
        "Open model…",
        "Open a PyTorch model of your own: a Python file, whose weights are loaded after it, or an exported program.",
        commands.choose_model,
        "ph.cube",
        "Ctrl+Alt+O",
    ),
    Command(
        "nameModel",
        "File",
        "Open model by name…",
        "Open a model that Python can import by its name, such as torchvision.models:resnet18: its module is run.",
        commands.name_model,
        "ph.text-t",
        "Ctrl+Alt+V",
    ),
    Command(
        "openWeights",
        "File",
        "Load weights…",
        "Put the weights of a PyTorch or safetensors file into the network or model that is open.",
        commands.choose_weights,
        "ph.scales",
        "Ctrl+L",
        allows(Verb.LOAD_WEIGHTS),
    ),
    Command(
        "takeOver",
        "File",
        "Take over as a network",
        "Make an editable network of a model that is a plain chain of layers, with the weights that it has.",
        lambda shell: shell.session.files.take_over(),
        "ph.swap",
        "Ctrl+Alt+D",
        Condition(
            lambda state: state.subject.is_open and not state.subject.can(Verb.EDIT),
            lambda state: ALREADY if state.subject.is_open else state.subject.refusal(Verb.EDIT),
        ),
    ),
    OPEN_PICTURE,
    SEPARATOR,
    Command(
        "save",
        "File",
        "Save network",
        "Write the network and its weights to its file.",
        commands.save,
        "ph.floppy-disk",
        "Ctrl+S",
        allows(Verb.SAVE),
        word="Save",
    ),
    Command(
        "saveAs",
        "File",
        "Save network as…",
        "Write the network and its weights to another file.",
        commands.save_as,
        "ph.floppy-disk-back",
        "Ctrl+Shift+S",
        allows(Verb.SAVE),
    ),
    Command(
        "copySource",
        "File",
        "Copy as PyTorch source",
        "Put a PyTorch module that runs by itself on the clipboard.",
        commands.copy_source,
        "ph.code",
        "Ctrl+Shift+C",
        allows(Verb.EDIT),
    ),
    SEPARATOR,
    Command(
        "quit",
        "File",
        "Quit",
        "Close the window.",
        lambda shell: shell.close(),
        "ph.sign-out",
        "Ctrl+Q",
    ),
)
