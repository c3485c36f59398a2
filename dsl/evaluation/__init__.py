"""A release and one member's facts in, an explained decision out."""
