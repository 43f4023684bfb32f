"""Explicit SIMD vectors for kernels."""
