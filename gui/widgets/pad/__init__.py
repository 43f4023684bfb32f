"""The XY pad."""
