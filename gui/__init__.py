"""The window: widgets that depend on Qt only, controllers that connect them to the session, and child processes."""
