"""Augmentations: the shape stays, the seed decides, and each does what its name says."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from explorer.data.augment import AUGMENTATIONS, Brightness, Crop, Flip, Rotate, augmented

batches = arrays.arrays(
    np.uint8, st.tuples(st.integers(0, 3), st.integers(1, 9), st.integers(1, 9), st.sampled_from([1, 3]))
)
every = pytest.mark.parametrize("augmentation", AUGMENTATIONS, ids=lambda augmentation: augmentation.name)
PICTURE = np.random.default_rng(0).integers(0, 256, (9, 9, 3), np.uint8)


@every
@given(pixels=batches, seed=st.integers(0, 9))
def test_any_batch_keeps_its_shape_and_the_seed_decides(augmentation, pixels: np.ndarray, seed: int) -> None:
    before = pixels.copy()
    changed = augmentation(pixels, np.random.default_rng(seed))
    assert (changed.shape, changed.dtype) == (pixels.shape, np.uint8)
    assert not np.shares_memory(changed, pixels)
    np.testing.assert_array_equal(pixels, before)
    np.testing.assert_array_equal(changed, augmentation(pixels, np.random.default_rng(seed)))


@every
def test_a_preview_shows_different_changes_and_always_the_same_ones(augmentation) -> None:
    shown = augmentation.shown(PICTURE)
    assert shown.shape == (8, *PICTURE.shape)
    assert len({picture.tobytes() for picture in shown}) > 1
    np.testing.assert_array_equal(shown, augmentation.shown(PICTURE))


@every
def test_each_says_what_it_is_and_what_can_be_set(augmentation) -> None:
    assert augmentation.what.endswith(".")
    for setting in fields(augmentation):
        value = getattr(augmentation, setting.name)
        assert setting.metadata["minimum"] <= value <= setting.metadata["maximum"]
        assert setting.metadata["label"]


@pytest.mark.parametrize("nothing", [Flip(chance=0), Crop(padding=0), Rotate(degrees=0), Brightness(amount=0)])
def test_at_its_least_setting_nothing_changes(nothing) -> None:
    np.testing.assert_array_equal(nothing.shown(PICTURE)[0], PICTURE)


def test_a_flip_mirrors_left_to_right_in_the_given_share() -> None:
    batch = np.repeat(PICTURE[None], 4000, axis=0)
    changed = Flip(chance=0.25)(batch, np.random.default_rng(0))
    mirrored = (changed == PICTURE[:, ::-1]).all(axis=(1, 2, 3))
    assert ((changed == PICTURE).all(axis=(1, 2, 3)) ^ mirrored).all()
    assert mirrored.mean() == pytest.approx(0.25, abs=0.03)


def test_a_shift_is_a_window_of_the_padded_picture() -> None:
    """PyTorch's reflection padding is the oracle."""
    padded = torch.nn.functional.pad(torch.from_numpy(PICTURE).permute(2, 0, 1)[None].float(), (3, 3, 3, 3), "reflect")
    whole = padded[0].permute(1, 2, 0).numpy().astype(np.uint8)
    windows = {whole[top : top + 9, left : left + 9].tobytes() for top in range(7) for left in range(7)}
    shown = {picture.tobytes() for picture in Crop(padding=3).shown(PICTURE, count=600)}
    assert shown == windows


def test_a_rotation_is_that_of_a_sampled_grid() -> None:
    """PyTorch's affine_grid and grid_sample with reflection are the oracle."""
    degrees = 40.0
    turned = Rotate(degrees).shown(PICTURE, count=5, seed=3)
    angles = np.deg2rad(np.random.default_rng(3).uniform(-degrees, degrees, 5))
    for picture, angle in zip(turned, angles, strict=True):
        cosine, sine = float(np.cos(angle)), float(np.sin(angle))
        matrix = torch.tensor([[[cosine, -sine, 0.0], [sine, cosine, 0.0]]])
        grid = torch.nn.functional.affine_grid(matrix, [1, 3, 9, 9], align_corners=True)
        source = torch.from_numpy(PICTURE).permute(2, 0, 1)[None].float()
        expected = torch.nn.functional.grid_sample(source, grid, padding_mode="reflection", align_corners=True)
        np.testing.assert_allclose(picture, expected[0].permute(1, 2, 0).numpy(), atol=0.51)


def test_brightness_multiplies_and_stays_at_255() -> None:
    for picture in Brightness(amount=0.5).shown(PICTURE, count=20):
        factor = picture.astype(float).sum() / PICTURE.sum()
        bright = PICTURE.reshape(-1)[picture.reshape(-1) < 255].astype(float)
        ratio = picture.reshape(-1)[picture.reshape(-1) < 255].sum() / bright.sum()
        assert 0.49 < ratio < 1.51
        assert factor <= ratio + 1e-3
        np.testing.assert_allclose(picture, np.minimum(PICTURE * ratio, 255), atol=2.5)


def test_several_are_applied_one_after_the_other() -> None:
    batch = PICTURE[None]
    generator = np.random.default_rng(4)
    expected = Crop()(Flip()(batch, generator), generator)
    np.testing.assert_array_equal(augmented(batch, (Flip(), Crop()), np.random.default_rng(4)), expected)
    np.testing.assert_array_equal(augmented(batch, (), np.random.default_rng(4)), batch)
