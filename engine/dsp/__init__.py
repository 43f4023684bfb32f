"""Kernels: numbers in, numbers out; no plugin, no thread, no device."""
