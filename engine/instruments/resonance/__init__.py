"""Instruments of kind resonance: banks of modes excited by noise attacks."""
