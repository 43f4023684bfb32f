"""A drawn hand before a camera: an open palm of rounded fingers under one light, as pictures and as a film."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

JOINTS = np.array([
    [0.50, 0.97], [0.36, 0.86], [0.26, 0.74], [0.19, 0.64], [0.13, 0.56], [0.37, 0.54], [0.34, 0.38], [0.325, 0.28],
    [0.315, 0.19], [0.49, 0.51], [0.49, 0.32], [0.49, 0.20], [0.49, 0.10], [0.60, 0.53], [0.63, 0.36], [0.645, 0.25],
    [0.655, 0.16], [0.70, 0.59], [0.76, 0.46], [0.795, 0.38], [0.825, 0.31],
])  # fmt: skip
"""Across and down, in lengths of the hand: the wrist, then four joints of each finger from the thumb on."""
_RADII = np.array([
    0.10, 0.075, 0.055, 0.045, 0.038, 0.06, 0.047, 0.041, 0.036, 0.062, 0.048, 0.043, 0.037, 0.06, 0.046, 0.041,
    0.035, 0.055, 0.04, 0.035, 0.03,
])  # fmt: skip
_BONES = [(joint - 1, joint) for joint in range(1, 21) if joint % 4 != 1]
_BONES += [(0, joint) for joint in (1, 5, 9, 13, 17)] + [(5, 9), (9, 13), (13, 17), (1, 5)]
_CREASES = (2, 3, 6, 7, 10, 11, 14, 15, 18, 19)  # joints that bend
_SKIN = np.array([224.0, 172.0, 140.0])
_LIGHT = np.array([-0.4, -0.6, 0.75]) / np.linalg.norm([-0.4, -0.6, 0.75])
_WRIST_RADIUS, _WRIST_DOWN = 0.105, 0.95


def draw_hand(width: int, height: int, offset: tuple[float, float] = (0.0, 0.0), angle: float = 0.0) -> np.ndarray:
    """A picture (height, width, 3) of bytes. offset: of the hand, in pictures; angle: in radians."""
    down, across = np.mgrid[0:height, 0:width]
    size = 0.8 * height
    x, y = _to_hand(across, down, (width, height), offset, angle)
    depth = np.full(x.shape, -1.0)
    for first, second in _BONES:
        radius, distance = _to_bone(x, y, first, second)
        depth = np.maximum(depth, _roundness(radius, distance))
    arm = np.where(y > _WRIST_DOWN, np.abs(x - 0.5), 1.0)
    depth = np.maximum(depth, _roundness(np.full(x.shape, _WRIST_RADIUS), arm))
    is_hand = depth >= 0
    smooth = np.where(is_hand, depth, 0)
    for axis in (0, 1, 0, 1):
        smooth = np.apply_along_axis(lambda row: np.convolve(row, np.ones(7) / 7, "same"), axis, smooth)
    slope_down, slope_across = np.gradient(smooth * size)
    normal = np.stack([-slope_across, -slope_down, np.ones_like(x)])
    light = np.clip(np.tensordot(_LIGHT, normal / np.linalg.norm(normal, axis=0), 1), 0, 1)
    picture = np.stack([60 + 40 * down / height, 70 + 30 * across / width, 80 + 20 * down / height], -1)
    picture[is_hand] = (_SKIN * (0.45 + 0.6 * light[..., None]))[is_hand]
    for joint in _CREASES:
        crease = np.hypot(x - JOINTS[joint, 0], 3 * (y - JOINTS[joint, 1]))
        picture *= (1 - 0.25 * np.exp(-((crease / 0.03) ** 2)) * is_hand)[..., None]
    return np.clip(picture, 0, 255).astype(np.uint8)


def joints_in(width: int, height: int, offset: tuple[float, float] = (0.0, 0.0), angle: float = 0.0) -> np.ndarray:
    """Where the joints of `draw_hand` are in the picture, (21, 2) from 0 to 1."""
    x, y = (JOINTS - 0.5).T
    turned = np.stack([np.cos(angle) * x - np.sin(angle) * y, np.sin(angle) * x + np.cos(angle) * y], -1)
    return turned * 0.8 * height / np.array([width, height]) + 0.5 + np.array(offset)


def write_film(path: Path, pictures: Iterable[np.ndarray], rate: int) -> None:
    """Write pictures (height, width, 3) as a film of so many a second, in YUV4MPEG2."""
    with path.open("wb") as film:
        for number, picture in enumerate(pictures):
            height, width, _ = picture.shape
            if number == 0:
                film.write(f"YUV4MPEG2 W{width} H{height} F{rate}:1 Ip A1:1 C420jpeg\n".encode())
            red, green, blue = np.moveaxis(picture.astype(float), -1, 0)
            luma = 0.299 * red + 0.587 * green + 0.114 * blue
            colours = (128 + factor * (part - luma) for factor, part in ((0.564, blue), (0.713, red)))
            halves = (each.reshape(height // 2, 2, width // 2, 2).mean((1, 3)) for each in colours)
            film.write(b"FRAME\n")
            for plane in (luma, *halves):
                film.write(np.clip(np.round(plane), 0, 255).astype(np.uint8).tobytes())


def _to_hand(
    across: np.ndarray, down: np.ndarray, shape: tuple[int, int], offset: tuple[float, float], angle: float
) -> tuple[np.ndarray, np.ndarray]:
    """Pixels of a picture (width, height) in lengths of the hand."""
    width, height = shape
    x = (across - width * (0.5 + offset[0])) / (0.8 * height)
    y = (down - height * (0.5 + offset[1])) / (0.8 * height)
    return np.cos(angle) * x + np.sin(angle) * y + 0.5, np.cos(angle) * y - np.sin(angle) * x + 0.5


def _to_bone(x: np.ndarray, y: np.ndarray, first: int, second: int) -> tuple[np.ndarray, np.ndarray]:
    """The radius of a bone at the nearest point of its axis, and the distance to that."""
    start, way = JOINTS[first], JOINTS[second] - JOINTS[first]
    share = np.clip(((x - start[0]) * way[0] + (y - start[1]) * way[1]) / (way @ way), 0, 1)
    distance = np.hypot(x - start[0] - share * way[0], y - start[1] - share * way[1])
    return _RADII[first] + (_RADII[second] - _RADII[first]) * share, distance


def _roundness(radius: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """Height of a round limb over its axis; −1 outside."""
    return np.where(distance < radius, np.sqrt(np.maximum(radius**2 - distance**2, 0)), -1)
