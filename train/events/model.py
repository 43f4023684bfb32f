"""An event model: an encoder that finds events, a decoder that renders each by itself, and one room for all.

After John Vinyard, "Sparse Interpretable Audio Model", 2023. The published loss for each event is 64 times that of
the mixture, and the published weights of the parts of an event are constant. Ours finds events in passes: each
receives the residual of those before, and is compared with that alone.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from train.spectral_loss import magnitudes

from .config import Sizes
from .decoder import Decoder
from .encoder import Encoder
from .rooms import Rooms

REPEAT_GAP_FRAMES = 2  # around an event, in which its key is not found again


@dataclass(frozen=True)
class Events:
    """Events of segments, (B, n) each: key, frame and strength; those of strength 0 do not count."""

    keys: Tensor
    frames: Tensor
    strengths: Tensor


@dataclass(frozen=True)
class Analysis:
    """Events of segments and their sound.

    passes: the sound (B, N) of each pass. events: of all passes. context: (B, M). gains: (B, 1 + rooms), of the room.
    """

    passes: list[Tensor]
    events: Events
    context: Tensor
    gains: Tensor


class EventModel(nn.Module):
    """Segments (B, N) → their events and sound.

    Weights are initialized by torch; see initial_dictionary.py.
    """

    typical: Tensor  # context (M,)
    typical_gains: Tensor  # (1 + rooms,)
    usage: Tensor  # (K,): how often each key was found, a decaying sum
    power: Tensor  # (K,): their strengths, a decaying sum

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.encoder, self.decoder, self.rooms = Encoder(sizes), Decoder(sizes), Rooms(sizes)
        self.context = nn.Linear(sizes.keys, sizes.embedding)
        self.register_buffer("typical", torch.zeros(sizes.embedding))
        self.register_buffer("typical_gains", torch.nn.functional.one_hot(torch.tensor(0), 1 + sizes.rooms).float())
        self.register_buffer("usage", torch.zeros(sizes.keys))
        self.register_buffer("power", torch.zeros(sizes.keys))

    def forward(self, sound: Tensor) -> Analysis:
        """Find and render the events of segments (B, N); no gradient flows from one pass to another."""
        spectra = magnitude_spectrum(sound, self.sizes)
        mixture = torch.zeros_like(sound)
        passes: list[Tensor] = []
        found: list[Events] = []
        context = gains = None
        for _ in range(self.sizes.passes):
            residual = (spectra - magnitude_spectrum(mixture, self.sizes)).relu() if passes else spectra
            events = self.find_events(self.encoder(residual))
            if context is None or gains is None:
                context, gains = self.context_and_room(events)
            rendered = self.render(events, context, gains)
            mixture = mixture + rendered.detach()
            passes.append(rendered)
            found.append(events)
        together = [
            torch.cat([getattr(pass_events, name) for pass_events in found], 1)
            for name in ("keys", "frames", "strengths")
        ]
        assert context is not None
        assert gains is not None
        return Analysis(passes, Events(*together), context, gains)

    def find_events(self, activations: Tensor, count: int = 0) -> Events:
        """Find the strongest sites of activations (B, K, T), `count` or those of a pass; ours are maxima in time."""
        if not self.sizes.published:
            maxima = nn.functional.max_pool1d(activations.detach(), 2 * REPEAT_GAP_FRAMES + 1, 1, REPEAT_GAP_FRAMES)
            activations = activations * (activations >= maxima)
        strengths, sites = activations.flatten(1).topk(count or self.sizes.events // self.sizes.passes)
        frames = activations.shape[-1]
        return Events(sites // frames, sites % frames, strengths if self.sizes.published else strengths.relu())

    def context_and_room(self, events: Events) -> tuple[Tensor, Tensor]:
        """Context (B, M) and gains of the room (B, 1 + rooms) of events, by the summed strength of each key."""
        sums = self.key_sums(events)
        return self.context(sums), self.rooms(sums)

    def key_sums(self, events: Events) -> Tensor:
        """Summed strength of each key, (B, K)."""
        empty = events.strengths.new_zeros(len(events.keys), self.sizes.keys)
        return empty.scatter_add(1, events.keys, events.strengths)

    def update_usage(self, events: Events, rate: float) -> None:
        """Update how often keys are found, and how strongly; the earlier sums decay by `rate`."""
        sounding = Events(events.keys, events.frames, (events.strengths > 0).float())
        self.usage.mul_(1 - rate).add_(self.key_sums(sounding).sum(0))
        self.power.mul_(1 - rate).add_(self.key_sums(events).sum(0))

    def render(self, events: Events, context: Tensor, gains: Tensor) -> Tensor:
        """The sound of events in their room: (B, N)."""
        count = events.keys.shape[1]
        contexts = context[:, None].expand(-1, count, -1).flatten(0, 1)
        sounds = self.decoder(events.keys.flatten(), events.strengths.flatten(), contexts)
        return self.rooms.reverberate(place_events(sounds, events.frames, self.sizes), gains)


def place_events(sounds: Tensor, frames: Tensor, sizes: Sizes) -> Tensor:
    """Segments (B, N) of sounds (B · n, N) that begin on frames (B, n)."""
    rows = 2 * sizes.frames
    first = torch.arange(len(frames), device=sounds.device)[:, None] * rows + frames
    rows_of_frames = first.flatten()[:, None] + torch.arange(sizes.frames, device=sounds.device)
    padded = sounds.new_zeros(len(frames) * rows, sizes.hop)
    padded = padded.index_add(0, rows_of_frames.flatten(), sounds.reshape(-1, sizes.hop))
    return padded.view(len(frames), -1)[:, : sizes.samples]


def magnitude_spectrum(sound: Tensor, sizes: Sizes) -> Tensor:
    """(B, N) → (B, bins, T): magnitudes, frame i beginning at sample i · hop; the highest bin is left out."""
    rows = [magnitudes(row, sizes.window, sizes.hop)[:, :-1].T for row in sound]
    return torch.stack(rows)
