"""Spotter as a service: rule sets, releases and recommendations over HTTP."""
