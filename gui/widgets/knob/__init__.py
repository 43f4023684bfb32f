"""The knob: one parameter as a rotary control."""
