"""luthier learn: one file for each recipe, named after the kind of instrument."""

from .command import COMPLETED_WORDS, add_arguments, narrow_help, run

__all__ = ["COMPLETED_WORDS", "add_arguments", "narrow_help", "run"]
