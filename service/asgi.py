"""The application as servers import it."""

from __future__ import annotations

from service.app import create_app
from service.settings import Settings

app = create_app(Settings.from_env())
