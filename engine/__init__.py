"""The realtime engine: events → instrument → effects → audio device. No torch, no Qt."""

from . import kernel_cache  # first: it names the cache that kernels are compiled into

__all__ = ["VERSION", "kernel_cache"]

VERSION = "0.1.0"
