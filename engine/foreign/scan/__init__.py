"""What plugins of other formats are installed: found in their folders, and opened once in processes of their own."""

from .catalog import Catalog, find_title

__all__ = ["Catalog", "find_title"]
