"""Drift inbox: what changed under mappings since they were saved, and the answers."""
