"""The image keeps its promises: nobody in particular runs it, it is locked, it is asked how it feels."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def instructions(text: str) -> list[tuple[str, str]]:
    """Return each instruction of a Dockerfile with its argument, continued lines joined."""
    bare = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    joined = re.sub(r"\\\n\s*", "", bare)
    return [(word, rest) for line in joined.splitlines() if line.strip() for word, _, rest in [line.partition(" ")]]


ALL = instructions(TEXT)
STAGES = [index for index, (word, _) in enumerate(ALL) if word == "FROM"]
FINAL = ALL[STAGES[-1] :]


def only(word: str) -> str:
    """Return the argument of the one instruction of the final stage with this name."""
    (found,) = [argument for name, argument in FINAL if name == word]
    return found


def test_every_stage_starts_from_a_tagged_slim_python_that_the_lock_is_made_for() -> None:
    images = [argument.split(" ")[0] for word, argument in ALL if word == "FROM"]
    assert len(images) == 2
    assert all(re.fullmatch(r"python:3\.1[123](\.\d+)?-slim(-\w+)?", image) for image in images)


def test_a_numbered_user_who_is_not_root_runs_it() -> None:
    user, _, group = only("USER").partition(":")
    assert int(user) > 0
    assert int(group) > 0


def test_nothing_of_the_final_stage_runs_as_root_or_downloads() -> None:
    assert {word for word, _ in ALL}.isdisjoint({"ADD"})
    assert "RUN" not in {word for word, _ in FINAL}
    assert all(argument.startswith("--from=build ") for word, argument in FINAL if word == "COPY")


def test_every_install_is_locked_or_local() -> None:
    installs = [step for word, argument in ALL if word == "RUN" for step in argument.split("&&") if " install " in step]
    from_pip = [step for step in installs if "pip" in step]
    assert len(from_pip) == 3
    assert all("--require-hashes" in step or "--no-index --no-deps" in step for step in from_pip)


def test_the_stages_cut_the_lock_where_it_is_parted() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    cuts = re.findall(r"sed '/\^(.+?)\$/,\$d'", TEXT)
    assert len(cuts) == 2
    assert [lock.count(cut) for cut in cuts] == [1, 1]


def test_it_writes_to_its_volume_only() -> None:
    environment = only("ENV")
    (volume,) = json.loads(only("VOLUME"))
    assert f"SPOTTER_DATA_DIR={volume}" in environment.split()
    assert "PYTHONDONTWRITEBYTECODE=1" in environment.split()


def test_it_starts_the_service_itself_on_the_loopback_address() -> None:
    command = json.loads(only("CMD"))
    assert command[:2] == ["spotter", "serve"]
    assert "--host" not in command


def test_its_health_is_asked_for_where_it_serves() -> None:
    options, _, command = only("HEALTHCHECK").partition(" CMD ")
    port = json.loads(only("CMD"))[-1]
    assert {option.partition("=")[0] for option in options.split()} >= {"--interval", "--timeout", "--start-period"}
    python, flag, program = json.loads(command)
    assert (python, flag) == ("python", "-c")
    assert f"http://127.0.0.1:{port}/health/live" in program


def test_the_health_check_fails_where_nobody_answers() -> None:
    _, _, program = json.loads(only("HEALTHCHECK").partition(" CMD ")[2])
    nobody = program.replace(":8080", ":1")
    assert nobody != program
    asked = subprocess.run([sys.executable, "-c", nobody], capture_output=True, check=False)
    assert asked.returncode == 1


def test_what_is_copied_exists_and_reaches_the_builder() -> None:
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_through = {line.removeprefix("!").rstrip("/") for line in ignore if line.startswith("!")}
    local = [argument.split()[:-1] for word, argument in ALL if word == "COPY" and "--from" not in argument]
    sources = {source for names in local for source in names}
    assert sources == let_through
    assert all((ROOT / source).exists() for source in sources)
