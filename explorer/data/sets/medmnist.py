"""MedMNIST: small biomedical pictures in .npz files, whose classes and origin are known by the file's name.

The files hold numbers only; what they mean stands in the project's own table (github.com/MedMNIST/MedMNIST, info.py).
"""

from __future__ import annotations

import re
from pathlib import Path

from explorer.data.data_set import Card

CITE = "J. Yang and others, MedMNIST v2, Scientific Data 10, 41 (2023)"
ORGANS = (
    "bladder", "femur-left", "femur-right", "heart", "kidney-left", "kidney-right", "liver", "lung-left",
    "lung-right", "pancreas", "spleen",
)  # fmt: skip
# Name: (title, what, classes); CC BY 4.0 unless LICENCES says otherwise.
SETS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "pathmnist": (
        "PathMNIST",
        "Patches of colorectal tissue, stained with hematoxylin and eosin.",
        (
            "adipose", "background", "debris", "lymphocytes", "mucus", "smooth muscle", "normal colon mucosa",
            "cancer-associated stroma", "colorectal adenocarcinoma epithelium",
        ),
    ),
    "dermamnist": (
        "DermaMNIST",
        "Dermatoscopic pictures of pigmented skin lesions.",
        (
            "actinic keratoses and intraepithelial carcinoma", "basal cell carcinoma", "benign keratosis-like lesions",
            "dermatofibroma", "melanoma", "melanocytic nevi", "vascular lesions",
        ),
    ),
    "octmnist": (
        "OCTMNIST",
        "Optical coherence tomography of the retina.",
        ("choroidal neovascularization", "diabetic macular edema", "drusen", "normal"),
    ),
    "pneumoniamnist": ("PneumoniaMNIST", "Chest X-rays of children.", ("normal", "pneumonia")),
    "retinamnist": (
        "RetinaMNIST",
        "Pictures of the retina, graded by diabetic retinopathy.",
        ("grade 0", "grade 1", "grade 2", "grade 3", "grade 4"),
    ),
    "breastmnist": ("BreastMNIST", "Ultrasound of the breast.", ("malignant", "normal, benign")),
    "bloodmnist": (
        "BloodMNIST",
        "Single blood cells under the microscope.",
        (
            "basophil", "eosinophil", "erythroblast", "immature granulocytes", "lymphocyte", "monocyte", "neutrophil",
            "platelet",
        ),
    ),
    "tissuemnist": (
        "TissueMNIST",
        "Cells of the human kidney cortex.",
        (
            "Collecting Duct, Connecting Tubule", "Distal Convoluted Tubule", "Glomerular endothelial cells",
            "Interstitial endothelial cells", "Leukocytes", "Podocytes", "Proximal Tubule Segments",
            "Thick Ascending Limb",
        ),
    ),
    "organamnist": ("OrganAMNIST", "Organs in axial slices of computed tomography.", ORGANS),
    "organcmnist": ("OrganCMNIST", "Organs in coronal slices of computed tomography.", ORGANS),
    "organsmnist": ("OrganSMNIST", "Organs in sagittal slices of computed tomography.", ORGANS),
}  # fmt: skip
LICENCES = {"dermamnist": "CC BY-NC 4.0"}


def card_of(path: Path) -> Card | None:
    """The card of a MedMNIST file, also of a larger edition such as bloodmnist_64.npz; None if it is no such file."""
    name = re.sub(r"_\d+$", "", path.stem.lower())
    if name not in SETS:
        return None
    title, what, classes = SETS[name]
    return Card(
        name,
        title,
        what,
        classes=classes,
        origin="MedMNIST, medmnist.com",
        licence=LICENCES.get(name, "CC BY 4.0"),
        cite=CITE,
    )
