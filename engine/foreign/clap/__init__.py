"""CLAP plugins, by the published specification of their interface, version 1.2."""
