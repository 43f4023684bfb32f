"""Benchmarks of the engine, the window and learning, with goals, against limits of the machine and against peers."""
