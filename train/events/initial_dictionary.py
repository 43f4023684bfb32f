"""Initial weights of an event model: uniform as published, or a dictionary of pitched and noisy keys.

Each key of ours is one pitch, soft or bright, with one of three decays; the last keys are shaped noise.
"""

import torch
from torch import Tensor, nn

from .config import Sizes
from .model import EventModel

PUBLISHED_RANGE = 0.1  # of uniform weights
DECAY_LOGITS = (-1.0, 1.0, 3.0)  # decays of keys before the sigmoid
VARIANTS = 2 * len(DECAY_LOGITS)  # soft ones, then bright ones
WEIGHT_NOISE = 0.02  # deviation of weights without a meaning yet
FULL_LEVEL = 6.0  # level of an event of strength 1, about that of a recording whose peak is 1
SILENT_LOGIT = -6.0  # of a share before the softmax


def new_model(sizes: Sizes, generator: torch.Generator) -> EventModel:
    """A model with initial weights; one number of the generator seeds them all."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(torch.randint(2**31, (1,), generator=generator)))
        model = EventModel(sizes)
        initialize(model)
    return model


def initialize(model: EventModel) -> None:
    """Set the weights of a new model, in place, by torch's global random numbers."""
    if model.sizes.published:
        for module in model.modules():
            weight = getattr(module, "weight", None)
            if isinstance(weight, Tensor):
                nn.init.uniform_(weight, -PUBLISHED_RANGE, PUBLISHED_RANGE)
                nn.init.zeros_(module.bias)  # type: ignore[arg-type]
        return
    with torch.no_grad():
        nn.init.normal_(model.context.weight, std=1e-3)
        nn.init.zeros_(model.context.bias)
        nn.init.normal_(model.encoder.plane.weight, std=0.1 * model.sizes.channels**-0.5)
        _initialize_embedding(model)
        _initialize_heads(model)


def _initialize_embedding(model: EventModel) -> None:
    """Set the rows of the embedding: one-hot pitch, variant and noise."""
    sizes, pitches = model.sizes, model.sizes.pitches
    if sizes.embedding <= pitches + VARIANTS or sizes.keys <= VARIANTS * pitches:
        raise ValueError(
            f"a model of {pitches} pitches needs more than {pitches + VARIANTS} numbers in its embedding, and more "
            f"than {VARIANTS * pitches} keys"
        )
    rows = WEIGHT_NOISE * torch.randn(sizes.keys, sizes.embedding)
    for key in range(VARIANTS * pitches):
        rows[key, key % pitches] += 1
        rows[key, pitches + key // pitches] += 1
    noise_rows = rows[VARIANTS * pitches :]
    noise_rows[:, pitches + VARIANTS] += 1
    noise_rows[:, pitches + VARIANTS + 1 :] += torch.randn(len(noise_rows), sizes.embedding - pitches - VARIANTS - 1)
    model.decoder.embedding.weight.copy_(rows.T)
    nn.init.zeros_(model.decoder.embedding.bias)


def _initialize_heads(model: EventModel) -> None:
    """Set the heads of the decoder to read pitch, variant and noise from an embedding."""
    decoder, pitches = model.decoder, model.sizes.pitches
    for head in (decoder.wave, decoder.decay, decoder.mix, decoder.level):
        nn.init.normal_(head.weight, std=WEIGHT_NOISE)
        nn.init.zeros_(head.bias)
    soft, bright = decoder.wave.weight.view(pitches, len(model.sizes.shapes), -1).unbind(1)[:2]
    for wave, variants in ((soft, range(len(DECAY_LOGITS), VARIANTS)), (bright, range(len(DECAY_LOGITS)))):
        wave[:, :pitches] += torch.eye(pitches)
        wave[:, [pitches + v for v in variants]] -= 0.8
    for v in range(VARIANTS):
        decoder.decay.weight[:, pitches + v] += DECAY_LOGITS[v % len(DECAY_LOGITS)]
        decoder.mix.weight[:, pitches + v] += torch.tensor([SILENT_LOGIT / 2, 0.0, 2.0])
    decoder.mix.weight[:, pitches + VARIANTS] += torch.tensor([2.0, 0.0, SILENT_LOGIT])
    decoder.level.bias.fill_(FULL_LEVEL)
    for stack, bias in ((decoder.impulse, -1.0), (decoder.filter, 1.0)):
        last = stack[-1]
        assert isinstance(last, nn.Conv1d)
        assert last.bias is not None
        last.bias.fill_(bias)
