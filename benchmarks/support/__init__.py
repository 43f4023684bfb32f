"""What benchmarks and tests share: JACK clients, CPU load, measurements."""
