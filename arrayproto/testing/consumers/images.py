"""scikit-image: its colours and metrics."""

from __future__ import annotations

from typing import Any

import numpy as np

from .program import Make, imported, program


def _image(seed: int = 0) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).random((4, 5, 3))


@program("skimage", ducks=True)
def skimage_gray_and_yuv(make: Make) -> Any:
    color, image = imported("skimage.color"), make(_image())
    return color.rgb2gray(image), color.rgb2yuv(image)


@program("skimage", ducks=True)
def skimage_hsv(make: Make) -> Any:
    return imported("skimage.color").rgb2hsv(make(_image()))


@program("skimage", ducks=True)
def skimage_xyz_and_lab(make: Make) -> Any:
    color, image = imported("skimage.color"), make(_image())
    return color.rgb2xyz(image), color.rgb2lab(image)


@program("skimage", ducks=True)
def skimage_errors(make: Make) -> Any:
    metrics, x, y = imported("skimage.metrics"), make(_image()), make(_image(1))
    return (
        metrics.mean_squared_error(x, y),
        metrics.normalized_root_mse(x, y),
        metrics.peak_signal_noise_ratio(x, y, data_range=1.0),
    )
