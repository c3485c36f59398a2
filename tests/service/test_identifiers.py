"""Decision ids."""

from __future__ import annotations

import time
import uuid

from service.identifiers import new_decision_id


def test_an_id_is_a_uuid_of_version_7_that_carries_its_time() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid.UUID(new_decision_id())
    after = time.time_ns() // 1_000_000
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert before <= made.int >> 80 <= after


def test_ids_differ() -> None:
    assert len({new_decision_id() for _ in range(1_000)}) == 1_000
