"""What the name of a file says about it: one list of endings for the window, the command line and the engine."""

from pathlib import Path

from explorer.bounds import brief

NETWORK_SUFFIXES = (".json", ".txt")
WEIGHT_SUFFIXES = (".safetensors", ".pt", ".pth", ".ckpt", ".bin", ".pt.tar", ".pth.tar")
PROGRAM_SUFFIXES = (".pt2", ".ptl", ".torchscript", ".onnx")
_OTHER_MODELS = {
    ".h5": "an HDF5 file, as Keras writes them",
    ".hdf5": "an HDF5 file, as Keras writes them",
    ".keras": "a Keras model",
    ".tflite": "a model for TensorFlow Lite",
    ".pb": "a model of TensorFlow",
    ".mar": "an archive for TorchServe",
    ".mlmodel": "a model for Core ML",
    ".mlpackage": "a model for Core ML",
    ".gguf": "a model in GGUF",
    ".index": "a part of a checkpoint of TensorFlow",
    ".meta": "a part of a checkpoint of TensorFlow",
    ".msgpack": "a file of weights as Flax writes them",
    ".pdparams": "a file of weights of PaddlePaddle",
    ".pdmodel": "a model of PaddlePaddle",
    ".caffemodel": "a model of Caffe",
    ".prototxt": "a model of Caffe",
    ".engine": "a model for TensorRT",
    ".nemo": "a model of NeMo",
    ".pkl": "a pickle, which could run code of its author",
    ".pickle": "a pickle, which could run code of its author",
    ".joblib": "a pickle of joblib, which could run code of its author",
}


def is_network(path: str | Path) -> bool:
    """Whether a file's name ends as those of networks do."""
    return Path(path).name.lower().endswith(NETWORK_SUFFIXES)


def is_weights(path: str | Path) -> bool:
    """Whether a file's name ends as those of weights do."""
    return Path(path).name.lower().endswith(WEIGHT_SUFFIXES)


def may_be_program(path: str | Path) -> bool:
    """Whether a file that is called as weights are may hold a whole program of PyTorch's."""
    return Path(path).suffix.lower() != ".safetensors" and Path(path).is_file()


def is_python(path: str | Path) -> bool:
    """Whether a file is one of Python, which may make a model."""
    return Path(path).suffix.lower() == ".py"


def is_model(path: str | Path) -> bool:
    """Whether a file makes a model by itself: one of Python, a program of PyTorch's, or a folder of Hugging Face's."""
    return is_python(path) or Path(path).suffix.lower() in PROGRAM_SUFFIXES or is_model_folder(path)


def is_model_folder(path: str | Path) -> bool:
    """Whether a folder is one as Hugging Face's library writes them: it holds settings, and weights beside them."""
    names = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json")
    is_there = (Path(path) / "config.json").is_file()
    return is_there and any((Path(path) / name).is_file() for name in names)


def known_path(network: Path) -> Path:
    """Beside the file of a network that came with the program: what it knows of the examples that it learned from."""
    return network.with_name(f"{network.stem}.known.safetensors")


def other_model(path: str | Path) -> str:
    """A sentence about a file whose ending is that of a kind of model that is not read here; "" for any other."""
    path = Path(path)
    kind = _OTHER_MODELS.get(path.suffix.lower())
    if kind is None:
        return ""
    return (
        f"{brief(path.name)} is {kind}, and is not read: build the network here, and of the model in PyTorch save "
        "model.state_dict() as .pt or .safetensors for its weights."
    )
