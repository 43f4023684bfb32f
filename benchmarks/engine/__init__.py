"""Benchmarks of the whole engine: latency, load, start."""
