"""luthier learn: one file for each recipe, named after the kind of instrument."""

from .command import add_arguments, run

__all__ = ["add_arguments", "run"]
