"""Algorithmic reverb: sixteen delay lines that feed each other by a Hadamard matrix, behind diffusing all-passes.

A feedback delay network after J.-M. Jot ("Digital delay networks for designing artificial reverberators", AES 1991):
the gain of each line follows its length, so that all modes decay alike, the highs by a time of their own. The lengths
sway slowly, each at its own phase, so that no mode rings on. Even lines go to the left and odd ones to the right.
The signs of what enters and leaves are those of a bent function: they are alike to no row of the matrix, so that even
a mono sound spreads over all lines at once.
"""
