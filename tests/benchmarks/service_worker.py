"""The service as one of several workers, each over a data folder of its own: one folder is one process's.

Only the benchmark runs it so: a promotion reaches one worker, and has no way to the others yet.
"""

from __future__ import annotations

import os
from dataclasses import replace

from service.app import create_app
from service.settings import Settings

_settings = Settings.from_env()
app = create_app(replace(_settings, data_dir=_settings.data_dir / str(os.getpid())))
