"""Instruments of kind events: learned sound events, rendered once and played back."""
