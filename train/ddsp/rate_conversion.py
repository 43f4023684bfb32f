"""A model at another rate, to go on learning from: it sounds as before in its old band, and falls off above it."""

import math
from dataclasses import replace
from fractions import Fraction

import numpy as np
import scipy.signal
import torch
from torch import Tensor

from .config import Sizes, sizes_at
from .model import DdspModel

FALL_DB_PER_OCTAVE = 12.0  # of harmonics and noise above the old band
_BIAS_PER_DB = 1 / (20 * math.log10(math.e) * math.log(10))  # of exp_sigmoid, where it is small


def converted_sizes(sizes: Sizes, rate: int, harmonics: int) -> Sizes:
    """Sizes at another rate in Hz, frames and room as long as before, bands of noise about as wide."""
    usual, usual_before = sizes_at(rate), sizes_at(sizes.rate)
    ratio = rate / sizes.rate
    bands = 1 + round((sizes.bands - 1) * (usual.bands - 1) / (usual_before.bands - 1))
    return replace(
        sizes,
        rate=rate,
        hop=round(sizes.hop * ratio),
        taps=round(sizes.taps * ratio),
        bands=bands,
        harmonics=harmonics,
    )


def convert_model(model: DdspModel, sizes: Sizes) -> DdspModel:
    """The model with other sizes; its units and the forms of its parts stay."""
    converted = DdspModel(sizes)
    state = model.decoder.state_dict()
    for part, convert in (("harmonics", _harmonics), ("noise", _noise)):
        for name in ("weight", "bias"):
            state[f"{part}.{name}"] = convert(state[f"{part}.{name}"], model.sizes, sizes)
    converted.decoder.load_state_dict(state)
    ratio = Fraction(sizes.rate, model.sizes.rate)
    with torch.no_grad():
        room = model.room().double().numpy()
    response = scipy.signal.resample_poly(room, ratio.numerator, ratio.denominator) / float(ratio)
    response = np.pad(response, (0, max(sizes.taps - len(response), 0)))[: sizes.taps]
    converted.set_room(torch.from_numpy(response.astype(np.float32)))
    return converted


def _harmonics(rows: Tensor, before: Sizes, sizes: Sizes) -> Tensor:
    """Rows of the head (H,) or (H, U): what is added is the last one, falling off."""
    count = torch.arange(sizes.harmonics)
    fall = torch.log2((count + 1).clamp(min=before.harmonics) / before.harmonics)
    return _lower(rows[count.clamp(max=before.harmonics - 1)], fall)


def _noise(rows: Tensor, before: Sizes, sizes: Sizes) -> Tensor:
    """Rows of the head (Nb,) or (Nb, U), interpolated at the bands' frequencies, as dense in power as before."""
    position = torch.arange(sizes.bands) * (sizes.rate * (before.bands - 1) / (before.rate * (sizes.bands - 1)))
    last = before.bands - 2  # the highest band has half the width, and was learned least
    below = position.long().clamp(max=last - 1)
    share = (position.clamp(max=last) - below).reshape(-1, *(1,) * (rows.ndim - 1)).to(rows)
    fall = torch.log2(position.clamp(min=last) / last)
    density = 10 * math.log10(sizes.rate / before.rate) / FALL_DB_PER_OCTAVE
    return _lower(torch.lerp(rows[below], rows[below + 1], share), fall - density)


def _lower(rows: Tensor, octaves: Tensor) -> Tensor:
    """Biases of a head lowered by so many octaves' fall; weights (…, U) unchanged."""
    return rows if rows.ndim > 1 else rows - FALL_DB_PER_OCTAVE * _BIAS_PER_DB * octaves.to(rows)
