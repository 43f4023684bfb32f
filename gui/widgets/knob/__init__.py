"""The rotary knob, the switch, and the panel that holds them."""
