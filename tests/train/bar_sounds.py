"""A synthetic sound for tests of learning: two bars, struck alternately."""

import torch


def struck_bars(samples: int, rate: float, every: int, fall: float) -> torch.Tensor:
    """Bars of 600 and 950 Hz with overtones, (samples,); one of them every so many samples. fall: 1/s."""
    time = torch.arange(samples) / rate
    sound = torch.zeros(samples)
    for number, begins in enumerate(range(0, samples, every)):
        for k in (1, 2.76, 5.4):
            partial = (
                torch.exp(-fall * k * time) * torch.sin(2 * torch.pi * (950 if number % 2 else 600) * k * time) / k
            )
            sound[begins:] += partial[: samples - begins]
    return sound
