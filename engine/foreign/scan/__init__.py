"""What plugins of other formats are installed: found in their folders, and opened once in processes of their own."""

from .catalog import Catalog

__all__ = ["Catalog"]
