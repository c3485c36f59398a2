"""The packs that come with the service, and starts that find them published."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from service.app import create_app
from service.operations import shipped
from service.operations.compilation import Compiled
from service.operations.shipped import Packs, ruleset_name
from service.settings import Settings
from tests.service.support import RECOMMEND, RULES, asked, dump, files, started

pytestmark = pytest.mark.anyio


class ParsedError(AssertionError):
    """Rule text was compiled where it must not be."""


def _refuse(*_: object) -> Compiled:
    raise ParsedError


async def test_the_first_start_publishes_and_promotes_each_pack(settings: Settings, packs: Packs) -> None:
    async with started(create_app(settings, shipped=packs)) as app, asked(app) as client:
        (ruleset,) = (await client.get("/v1/rulesets")).json()["items"]
        assert (ruleset["name"], ruleset["latest_release"], ruleset["stable_release"]) == ("small", 1, 1)


async def test_a_pack_that_was_compiled_beforehand_is_not_parsed_at_the_first_start(
    settings: Settings, packs: Packs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shipped, "compile_files", _refuse)
    async with started(create_app(settings, shipped=packs)) as app, asked(app) as client:
        assert (await client.post(RECOMMEND, json={"facts": {}})).status_code == 200


async def test_a_second_start_parses_nothing_and_changes_nothing(
    settings: Settings, packs: Packs, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with started(create_app(settings, shipped=packs)):
        pass
    before = dump(settings.database)
    monkeypatch.setattr(shipped, "compile_files", _refuse)
    unprepared = Packs(packs.rules, tmp_path / "nothing precompiled")
    async with started(create_app(settings, shipped=unprepared)) as app, asked(app) as client:
        assert (await client.post(RECOMMEND, json={"facts": {}})).json()["release"] == 1
    assert dump(settings.database) == before


async def test_changed_rules_are_compiled_anew_at_a_first_start_and_ignored_at_a_later_one(
    settings: Settings, packs: Packs, tmp_path: Path
) -> None:
    folder = tmp_path / "rules"
    (folder / "small").mkdir(parents=True)
    (folder / "small" / "small.rules").write_text(RULES + "avoid back_squat when pain=acute\n", "utf-8")
    changed = Packs(folder, packs.precompiled)
    async with started(create_app(settings, shipped=packs)) as app, asked(app) as client:
        digest = (await client.get("/v1/rulesets/small/releases/1")).json()["digest"]
    async with started(create_app(settings, shipped=changed)) as app, asked(app) as client:
        assert (await client.get("/v1/rulesets/small/releases/1")).json()["digest"] == digest
    elsewhere = dataclasses.replace(settings, data_dir=tmp_path / "elsewhere")
    async with started(create_app(elsewhere, shipped=changed)) as app, asked(app) as client:
        assert (await client.get("/v1/rulesets/small/releases/1")).json()["digest"] != digest


async def test_what_an_operator_published_outlives_a_restart(settings: Settings, packs: Packs) -> None:
    async with started(create_app(settings, shipped=packs)) as app, asked(app) as client:
        assert (await client.post("/v1/rulesets/small/releases", json=files(RULES + "# 2\n"))).status_code == 201
        path = "/v1/rulesets/small/channels/stable"
        assert (await client.put(path, json={"release": 2}, headers={"If-Match": '"1"'})).status_code == 200
    async with started(create_app(settings, shipped=packs)) as app, asked(app) as client:
        assert (await client.post(RECOMMEND, json={"facts": {}})).json()["release"] == 2


async def test_broken_shipped_rules_stop_the_start_with_their_diagnostics(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "rules" / "broken").mkdir(parents=True)
    (tmp_path / "rules" / "broken" / "a.rules").write_text("avoid deadlift when pain=acuet\n", "utf-8")
    app = create_app(settings, shipped=Packs(tmp_path / "rules", tmp_path))
    with pytest.raises(RuntimeError, match=r"cannot start: the shipped rules of broken have errors(.|\n)*acuet"):
        async with started(app):
            pass


async def test_a_folder_in_use_stops_the_start_with_one_line(settings: Settings, packs: Packs) -> None:
    async with started(create_app(settings, shipped=packs)):
        with pytest.raises(RuntimeError, match=r"^cannot start: another Spotter is using the data folder \S+$"):
            async with started(create_app(settings, shipped=packs)):
                pass


def test_a_pack_becomes_a_rule_set_of_its_name() -> None:
    assert ruleset_name(Path("rules/back_pain")) == "back-pain"
