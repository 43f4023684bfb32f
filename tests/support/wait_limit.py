"""The longest wait of a test for what has to come: it says only that something hangs."""

MAX_WAIT_SECONDS = 600.0  # far more than anything takes on a busy machine
