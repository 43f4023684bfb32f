"""Helpers of benchmarks and tests: JACK clients and servers, CPU load, measurements."""
