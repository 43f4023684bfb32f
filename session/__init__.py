"""The session: what plays and how it is kept. No Qt, no torch."""
