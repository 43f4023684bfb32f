"""The page of the browser that lists the installed plugins of other formats."""
