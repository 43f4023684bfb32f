"""Benchmarks of learning: quality of what is learned."""
