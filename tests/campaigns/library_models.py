"""Which calls of library models are explained: `PYTHONPATH=FOLDER python -m tests.campaigns.library_models [--back]`.

FOLDER is where torchvision and timm lie, put there with `pip install --no-deps --target FOLDER torchvision timm`; what
cannot be imported is skipped with its reason. One cell of each call's output is explained, drawn at random, and with
`--back` one cell of what each of its inputs takes back; each is held against PyTorch. The table says by kind how many
calls there were, how many stay unexplained, and how many explanations are not PyTorch's number.
"""

from __future__ import annotations

import argparse
import random
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module

import torch
from torch import Tensor, nn

import explorer
from explorer.engine.errors import EngineError
from explorer.engine.recording.recording import Recording, Step
from explorer.ui.common.check import holds

TORCHVISION = (
    *("alexnet", "convnext_tiny", "densenet121", "efficientnet_b0", "efficientnet_v2_s", "googlenet", "inception_v3"),
    *("maxvit_t", "mnasnet0_5", "mobilenet_v2", "mobilenet_v3_small", "regnet_x_400mf", "regnet_y_400mf", "resnet18"),
    *("resnext50_32x4d", "shufflenet_v2_x0_5", "squeezenet1_1", "swin_t", "swin_v2_t", "vgg11_bn", "vit_b_32"),
    *("wide_resnet50_2", "deeplabv3_mobilenet_v3_large", "fcn_resnet50", "lraspp_mobilenet_v3_large"),
    *("mc3_18", "mvit_v1_b", "r2plus1d_18", "r3d_18", "s3d", "swin3d_t"),
)
TIMM = (
    *("beit_base_patch16_224", "halonet26t", "botnet26t_256", "gernet_s", "cait_xxs24_224", "coat_tiny", "convit_tiny"),
    *("convmixer_768_32", "crossvit_tiny_240", "cs3darknet_s", "davit_tiny", "deit_tiny_patch16_224", "dla34", "dpn68"),
    *("edgenext_xx_small", "efficientformer_l1", "efficientformerv2_s0", "mixnet_s", "efficientvit_b0"),
    *("efficientvit_m0", "eva02_tiny_patch14_224", "fasternet_t0", "fastvit_t8", "focalnet_tiny_srf", "gcvit_xxtiny"),
    *("ghostnet_050", "hgnet_tiny", "hiera_tiny_224", "hrnet_w18_small", "inception_next_tiny", "inception_v4"),
    *("levit_128", "mambaout_femto", "maxvit_pico_rw_256", "poolformer_s12", "caformer_s18", "gmlp_s16_224"),
    *("mixer_s32_224", "mobilenetv3_small_050", "mobilenetv4_conv_small", "mobilevit_xxs", "mobilevitv2_050"),
    *("mvitv2_tiny", "nest_tiny", "nextvit_small", "nf_seresnet26", "pit_ti_224", "pvt_v2_b0", "regnety_002"),
    *("repghostnet_050", "repvit_m0_9", "res2net50d", "resnest14d", "resnetv2_18", "rexnet_100", "selecsls42"),
    *("sequencer2d_s", "skresnet18", "starnet_s1", "swiftformer_xs", "swin_tiny_patch4_window7_224"),
    *("swinv2_cr_tiny_224", "tiny_vit_5m_224", "tnt_s_patch16_224", "twins_pcpvt_small", "visformer_tiny"),
    *(
        "vit_tiny_patch16_224",
        "vit_relpos_small_patch16_224",
        "volo_d1_224",
        "ese_vovnet19b_slim",
        "xcit_nano_12_p8_224",
    ),
)
VIDEO = frozenset(("mc3_18", "mvit_v1_b", "r2plus1d_18", "r3d_18", "s3d", "swin3d_t"))
BUDGET_BYTES = 3 * 1024**3

Made = tuple[nn.Module, Tensor]


def models() -> Iterator[tuple[str, Callable[[], Made]]]:
    """Names, and what makes the model with an input for it; those of a library that cannot be imported are left out."""
    library = torch.library.Library("torchvision", "DEF")
    try:  # the wheel's own part in C++ is made for another build of PyTorch
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    except RuntimeError:
        pass
    try:
        library_of_vision = import_module("torchvision.models")
    except ImportError as error:
        print(f"torchvision is left out: {error}")
    else:
        for name in TORCHVISION:
            yield name, lambda name=name: _of_torchvision(library_of_vision, name)
    try:
        timm = import_module("timm")
    except ImportError as error:
        print(f"timm is left out: {error}")
    else:
        for name in TIMM:
            yield name, lambda name=name: _of_timm(timm, name)


def _of_torchvision(library: object, name: str) -> Made:
    more = {"weights_backbone": None} if name.startswith(("deeplab", "fcn", "lraspp")) else {}
    made = library.get_model(name, weights=None, **more)  # type: ignore[attr-defined]
    if name in VIDEO:
        return made, torch.rand(1, 3, 16, 224, 224) if name == "mvit_v1_b" else torch.rand(1, 3, 16, 64, 64)
    return made, torch.rand(1, 3, 299 if name == "inception_v3" else 224, 299 if name == "inception_v3" else 224)


def _of_timm(library: object, name: str) -> Made:
    made = library.create_model(name, pretrained=False)  # type: ignore[attr-defined]
    return made, torch.rand(1, *made.default_cfg["input_size"])


def recorded(model: nn.Module, x: Tensor, *, back: bool) -> Recording:
    """A pass in evaluation; with the way back where the output is one tensor."""
    model.eval()
    if not back:
        with torch.no_grad():
            return explorer.record(model, x, budget_bytes=BUDGET_BYTES)
    return explorer.record(model, x, target=0, loss=lambda output, _: _first(output).square().mean(), train=False)


def _first(output: object) -> Tensor:
    while not isinstance(output, Tensor):
        output = next(iter(output.values())) if isinstance(output, dict) else output[0]  # type: ignore[index]
    return output


def counted(recording: Recording, chance: random.Random) -> Iterator[tuple[str, str, str]]:
    """For each step of the model its kind, how it went ("explained", "unexplained", "wrong") and what is to be said."""
    own = {call.name for call in recording.calls}
    for step in recording.steps:
        if step.update is not None or step.call.name not in own:
            continue
        for of in step.shapes:
            if all(step.shapes[of]):
                yield _went(recording, step, of, chance)


def _went(recording: Recording, step: Step, of: str, chance: random.Random) -> tuple[str, str, str]:
    kind = step.call.kind if of == "output" else f"{step.call.kind} back to {of.partition('[')[0]}"
    cell = tuple(chance.randrange(size) for size in step.shapes[of])
    try:
        explained = explorer.explain(recording, step, cell, of=of)
    except EngineError as error:
        return kind, "unexplained", str(error)
    if explained.terms.factors or explained.terms.parts != (explained.terms,):
        return (kind, "explained", "") if holds(explained) else (kind, "wrong", f"{cell} {explained!r}")
    return kind, "unexplained", str(explained)


def main() -> None:
    """Prints the table, kinds with the most unexplained calls first, and one reason of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--back", action="store_true", help="the way back too")
    parser.add_argument("--only", default="", help="names of models, with commas between them")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    chance, only = random.Random(0), set(filter(None, asked.only.split(",")))
    went: dict[str, Counter[str]] = {}
    said: dict[tuple[str, str], str] = {}
    for name, make in models():
        if only and name not in only:
            continue
        torch.manual_seed(0)
        try:
            recording = recorded(*make(), back=asked.back)
        except Exception as error:  # what a library asks for that is not here
            print(f"{name} is left out: {type(error).__name__}: {str(error)[:120]}", flush=True)
            continue
        for kind, how, what in counted(recording, chance):
            went.setdefault(kind, Counter())[how] += 1
            if what:
                said.setdefault((kind, how), f"{name}: {what[:220]}")
    for kind, found in sorted(went.items(), key=lambda each: -each[1]["unexplained"] - each[1]["wrong"]):
        print(f"{kind:40} {found.total():6} {found['unexplained']:6} unexplained {found['wrong']:4} wrong")
    for (kind, how), what in said.items():
        print(f"{kind}, {how}: {what}")
    whole = sum(went.values(), Counter())
    print(f"{whole.total()} calls, {whole['unexplained']} unexplained, {whole['wrong']} wrong")


if __name__ == "__main__":
    main()
