"""wopo measured beside its floors, in one run on one machine; each prints one JSON line."""
