"""An event model: an encoder that finds events, a decoder that sounds each by itself, and one room for all.

After John Vinyard, "Sparse Interpretable Audio Model", 2023. What was published as a loss for each event is 64 times
that of the mixture, and what was meant to mix the parts of an event is constant. Ours finds events in passes: each
hears only what those before have left, and answers for that alone.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from train.spectral_loss import magnitudes

from .config import HOP, WINDOW, Sizes
from .decoder import Decoder
from .encoder import Encoder
from .initialize import begin
from .rooms import Rooms

APART = 2  # frames around an event in which its key does not begin again


@dataclass(frozen=True)
class Found:
    """Events of segments, (B, n) each: key, frame and strength; strengths of 0 are none."""

    keys: Tensor
    frames: Tensor
    strengths: Tensor


@dataclass(frozen=True)
class Heard:
    """What a model makes of segments.

    passes: the sound (B, N) of each pass. found: all events. context: (B, M). gains: (B, 1 + rooms).
    """

    passes: list[Tensor]
    found: Found
    context: Tensor
    gains: Tensor


class EventModel(nn.Module):
    """Segments (B, N) → their events, and how these sound."""

    typical: Tensor  # context (M,)
    typical_gains: Tensor  # (1 + rooms,)
    usage: Tensor  # (K,): how often each key was found, what is long ago forgotten
    power: Tensor  # (K,): the summed strengths of those

    def __init__(self, sizes: Sizes, generator: torch.Generator) -> None:
        super().__init__()
        self.sizes = sizes
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(int(torch.randint(2**31, (1,), generator=generator)))
            self.encoder, self.decoder, self.rooms = Encoder(sizes), Decoder(sizes), Rooms(sizes)
            self.context = nn.Linear(sizes.keys, sizes.embedding)
            begin(self)
        self.register_buffer("typical", torch.zeros(sizes.embedding))
        self.register_buffer("typical_gains", torch.nn.functional.one_hot(torch.tensor(0), 1 + sizes.rooms).float())
        self.register_buffer("usage", torch.zeros(sizes.keys))
        self.register_buffer("power", torch.zeros(sizes.keys))

    def forward(self, sound: Tensor) -> Heard:
        """Find the events of segments (B, N), and sound them; no gradient flows from one pass to another."""
        spectra = spectrum(sound)
        whole = torch.zeros_like(sound)
        passes: list[Tensor] = []
        finds: list[Found] = []
        context = gains = None
        for _ in range(self.sizes.passes):
            left = (spectra - spectrum(whole)).relu() if passes else spectra
            found = self.find(self.encoder(left))
            if context is None or gains is None:
                context, gains = self.surroundings(found)
            heard = self.sound(found, context, gains)
            whole = whole + heard.detach()
            passes.append(heard)
            finds.append(found)
        together = [torch.cat([getattr(one, name) for one in finds], 1) for name in ("keys", "frames", "strengths")]
        assert context is not None
        assert gains is not None
        return Heard(passes, Found(*together), context, gains)

    def find(self, plane: Tensor, count: int = 0) -> Found:
        """The strongest sites of planes (B, K, T), so many or those of a pass; ours, each the highest around it."""
        if not self.sizes.published:
            around = nn.functional.max_pool1d(plane.detach(), 2 * APART + 1, 1, APART)
            plane = plane * (plane >= around)
        strengths, places = plane.flatten(1).topk(count or self.sizes.events // self.sizes.passes)
        frames = plane.shape[-1]
        return Found(places // frames, places % frames, strengths if self.sizes.published else strengths.relu())

    def surroundings(self, found: Found) -> tuple[Tensor, Tensor]:
        """The context (B, M) and the room (B, 1 + rooms) of events, by how strongly each key sounds in all."""
        sums = self.sums(found)
        return self.context(sums), self.rooms(sums)

    def sums(self, found: Found) -> Tensor:
        """(B, K)."""
        empty = found.strengths.new_zeros(len(found.keys), self.sizes.keys)
        return empty.scatter_add(1, found.keys, found.strengths)

    def note(self, found: Found, forgotten: float) -> None:
        """Keep in mind how often keys are found, and how strongly."""
        heard = found.strengths > 0
        self.usage.mul_(1 - forgotten).add_(self.sums(Found(found.keys, found.frames, heard.float())).sum(0))
        self.power.mul_(1 - forgotten).add_(self.sums(found).sum(0))

    def sound(self, found: Found, context: Tensor, gains: Tensor) -> Tensor:
        """How events sound in their room: (B, N)."""
        count = found.keys.shape[1]
        beside = context[:, None].expand(-1, count, -1).flatten(0, 1)
        events = self.decoder(found.keys.flatten(), found.strengths.flatten(), beside)
        return self.rooms.reverberate(laid(events, found.frames, self.sizes), gains)


def laid(sounds: Tensor, frames: Tensor, sizes: Sizes) -> Tensor:
    """Sounds (B · n, N) that begin on frames (B, n), as segments (B, N)."""
    rows = 2 * sizes.frames
    first = torch.arange(len(frames), device=sounds.device)[:, None] * rows + frames
    places = first.flatten()[:, None] + torch.arange(sizes.frames, device=sounds.device)
    whole = sounds.new_zeros(len(frames) * rows, HOP).index_add(0, places.flatten(), sounds.reshape(-1, HOP))
    return whole.view(len(frames), -1)[:, : sizes.samples]


def spectrum(sound: Tensor) -> Tensor:
    """(B, N) → (B, bins, T): magnitudes, frame i beginning at sample i · HOP; the highest bin is left out."""
    rows = [magnitudes(row, WINDOW, HOP)[:, :-1].T for row in sound]
    return torch.stack(rows)
