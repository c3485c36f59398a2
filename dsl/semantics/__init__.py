"""Meaning: names resolved, types checked, guards lowered, the release sealed."""
