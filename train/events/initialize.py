"""Where a model begins: as published, uniform numbers; ours, a dictionary that is already laid out.

Each key of ours is one pitch, either soft or bright, dying away sooner or later; the last keys are shaped noise.
"""

from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

if TYPE_CHECKING:
    from .model import EventModel

SPREAD = 0.1  # of published weights
LENGTHS = (-1.0, 1.0, 3.0)  # how long a key rings: the inner value of its decay, before the sigmoid
VARIANTS = 2 * len(LENGTHS)  # soft ones, then bright ones
UNSURE = 0.02  # of the numbers of an embedding that mean nothing yet
FULL = 6.0  # level of an event of strength 1, about that of a recording whose peak is 1
QUIET = -6.0  # the inner value of a share that is not heard


def begin(model: "EventModel") -> None:
    """Lay out a model that has just been made."""
    if model.sizes.published:
        for module in model.modules():
            weight = getattr(module, "weight", None)
            if isinstance(weight, Tensor):
                nn.init.uniform_(weight, -SPREAD, SPREAD)
                nn.init.zeros_(module.bias)  # type: ignore[arg-type]
        return
    with torch.no_grad():
        nn.init.normal_(model.context.weight, std=1e-3)
        nn.init.zeros_(model.context.bias)
        nn.init.normal_(model.encoder.plane.weight, std=0.1 * model.sizes.channels**-0.5)
        _lay_out_keys(model)
        _lay_out_sounds(model)


def _lay_out_keys(model: "EventModel") -> None:
    """Rows of the embedding: which pitch, which variant, whether it is noise."""
    sizes, pitches = model.sizes, model.sizes.pitches
    if sizes.embedding <= pitches + VARIANTS or sizes.keys <= VARIANTS * pitches:
        raise ValueError(
            f"a model of {pitches} pitches needs more than {pitches + VARIANTS} numbers in its embedding, and more "
            f"than {VARIANTS * pitches} keys"
        )
    rows = UNSURE * torch.randn(sizes.keys, sizes.embedding)
    for key in range(VARIANTS * pitches):
        rows[key, key % pitches] += 1
        rows[key, pitches + key // pitches] += 1
    noises = rows[VARIANTS * pitches :]
    noises[:, pitches + VARIANTS] += 1
    noises[:, pitches + VARIANTS + 1 :] += torch.randn(len(noises), sizes.embedding - pitches - VARIANTS - 1)
    model.decoder.embedding.weight.copy_(rows.T)
    nn.init.zeros_(model.decoder.embedding.bias)


def _lay_out_sounds(model: "EventModel") -> None:
    """What the numbers of an embedding mean to the heads of the decoder."""
    decoder, pitches = model.decoder, model.sizes.pitches
    for head in (decoder.wave, decoder.decay, decoder.mix, decoder.level):
        nn.init.normal_(head.weight, std=UNSURE)
        nn.init.zeros_(head.bias)
    soft, bright = decoder.wave.weight.view(pitches, len(model.sizes.shapes), -1).unbind(1)[:2]
    for wave, variants in ((soft, range(len(LENGTHS), VARIANTS)), (bright, range(len(LENGTHS)))):
        wave[:, :pitches] += torch.eye(pitches)
        wave[:, [pitches + v for v in variants]] -= 0.8
    for v in range(VARIANTS):
        decoder.decay.weight[:, pitches + v] += LENGTHS[v % len(LENGTHS)]
        decoder.mix.weight[:, pitches + v] += torch.tensor([QUIET / 2, 0.0, 2.0])
    decoder.mix.weight[:, pitches + VARIANTS] += torch.tensor([2.0, 0.0, QUIET])
    decoder.level.bias.fill_(FULL)
    for stack, bias in ((decoder.impulse, -1.0), (decoder.filter, 1.0)):
        last = stack[-1]
        assert isinstance(last, nn.Conv1d)
        assert last.bias is not None
        last.bias.fill_(bias)
