"""The window: widgets that know Qt only, controllers that connect them to the session, and child processes."""
