"""Contact sheets for looking at all figures at once: as they are, in grey, and with colour deficiencies.

python -m bangfu.figures.sheet FOLDER [FIGURES]
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from matplotlib.image import imread, imsave
from numpy.typing import NDArray

from bangfu.errors import WrongUse

Image = NDArray[np.float64]
"""Height x width x 3, each 0 to 1, as stored (sRGB)."""

WIDTH, ACROSS, GAP = 640, 4, 12
"""Pixels of one picture's width, pictures in a row (two figures in two languages), and pixels between them."""

DEFICIENCIES = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
"""Full deficiency on linear light: Machado, Oliveira & Fernandes (2009), doi 10.1109/TVCG.2009.113, severity 1.0."""


def seen(image: Image, how: str) -> Image:
    """An image as somebody sees it.

    Parameters
    ----------
    image : ndarray, shape (height, width, 3)
    how : {"colour", "grey", "protanopia", "deuteranopia", "tritanopia"}
    """
    if how == "colour":
        return image
    light = np.where(image <= 0.04045, image / 12.92, ((image + 0.055) / 1.055) ** 2.4)
    if how == "grey":
        light = np.repeat((light @ np.array([0.2126, 0.7152, 0.0722]))[..., None], 3, axis=2)
    else:
        light = np.clip(light @ np.array(DEFICIENCIES[how]).T, 0, 1)
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)


def sheets(figures: Path, folder: Path) -> list[Path]:
    """Write one page for each way of seeing: every figure in both languages, side by side; gives their paths.

    Raises
    ------
    WrongUse
        When there are no figures.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = sorted(path.name for path in (figures / "en").glob("*.png"))
    if not names:
        raise WrongUse(f"no figures in {figures / 'en'}", f"{figures / 'en'} 中没有图")
    bands = _bands([_small(figures / lang / name) for name in names for lang in ("en", "zh")])
    written = []
    for how in ("colour", "grey", *DEFICIENCIES):
        path = folder / f"{how}.png"
        imsave(path, np.concatenate([(255 * seen(band, how)).round().astype(np.uint8) for band in bands]))
        written.append(path)
    return written


def _small(path: Path) -> Image:
    """A picture at the sheet's width, each pixel the mean of the square that it stands for."""
    image = np.asarray(imread(path), dtype=float)[..., :3]
    factor = max(1, image.shape[1] // WIDTH)
    height, width = (side // factor for side in image.shape[:2])
    blocks = image[: height * factor, : width * factor].reshape(height, factor, width, factor, 3)
    return np.asarray(blocks.mean(axis=(1, 3)))


def _bands(images: list[Image]) -> list[Image]:
    """Rows of the page, each of :data:`ACROSS` pictures on grey."""
    column = GAP + max(image.shape[1] for image in images)
    bands = []
    for start in range(0, len(images), ACROSS):
        row = images[start : start + ACROSS]
        band = np.full((GAP + max(i.shape[0] for i in row), GAP + ACROSS * column, 3), 0.8)
        for i, image in enumerate(row):
            left = GAP + i * column
            band[GAP : GAP + image.shape[0], left : left + image.shape[1]] = image
        bands.append(band)
    return bands


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    from bangfu.places import repository

    source = Path(sys.argv[2]) if len(sys.argv) == 3 else repository() / "figures"
    for sheet in sheets(source, Path(sys.argv[1])):
        print(sheet.name)
