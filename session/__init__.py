"""The session: what plays (patch, rack, devices, recorders) and how it is stored. Imports neither Qt nor torch."""
