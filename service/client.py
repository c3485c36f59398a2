"""A running service as one of its clients sees it: what the command `publish` speaks through."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from dsl.tools.exits import Exit
from dsl.tools.terminal import Failure

_PATIENCE = 60.0
"""Seconds to wait for an answer; publishing compiles."""

_NO_SUCH_RULESET = "ruleset-not-found"

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered; `value` is its JSON object."""

    status: int
    value: Json
    headers: Mapping[str, str]

    @property
    def problem(self) -> str | None:
        """Return the slug of the problem, or None where there is none."""
        return None if self.status < http.client.BAD_REQUEST else str(self.value.get("type", "")).rpartition(":")[2]


class Client:
    """Speaks to the service at one address."""

    def __init__(self, url: str) -> None:
        """Speak to the service at `url`.

        Raises:
            Failure: `url` is not the address of a service.
        """
        try:
            parts = urlsplit(url)
            self._place = (parts.hostname or "", parts.port)
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise Failure(f"`{url}` is not the address of a service; write it like http://127.0.0.1:8080")
        self._url = url.rstrip("/")
        self._base = parts.path.rstrip("/")
        self._secure = parts.scheme == "https"

    def ask(self, method: str, path: str, body: Json | None = None, headers: Mapping[str, str] | None = None) -> Answer:
        """Return the answer to one request.

        Raises:
            Failure: nobody answers, or not as this service does.
        """
        kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
        connection = kind(*self._place, timeout=_PATIENCE)
        data = None if body is None else json.dumps(body).encode()
        sent = {"Accept": "application/json, application/problem+json", **(headers or {})}
        if data is not None:
            sent["Content-Type"] = "application/json"
        try:
            connection.request(
                method, self._base + path, data, sent | ({"Content-Type": "application/json"} if data else {})
            )
            response = connection.getresponse()
            return self._answer(response.status, response.read(), dict(response.getheaders()))
        except ConnectionRefusedError as error:
            raise self._unreachable("nobody listens there; `spotter serve` starts a service") from error
        except TimeoutError as error:
            raise self._unreachable(f"no answer within {_PATIENCE:.0f} seconds") from error
        except (OSError, http.client.HTTPException) as error:
            raise self._unreachable((getattr(error, "strerror", None) or str(error)).lower()) from error
        finally:
            connection.close()

    def _answer(self, status: int, data: bytes, headers: Mapping[str, str]) -> Answer:
        try:
            value = json.loads(data)
        except ValueError as error:
            raise self._unreachable("what answers there is not Spotter") from error
        if not isinstance(value, dict):
            raise self._unreachable("what answers there is not Spotter")
        return Answer(status, value, {name.lower(): text for name, text in headers.items()})

    def _unreachable(self, reason: str) -> Failure:
        return Failure(f"no service at {self._url}: {reason}", Exit.UNREACHABLE)


class Refused(Failure):
    """The service will not do it; `answer` is its problem document."""

    def __init__(self, answer: Answer) -> None:
        """Say what the problem document says."""
        super().__init__(_in_words(answer.value), Exit.FINDINGS)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Publisher:
    """Publishes to one rule set of one service."""

    client: Client
    ruleset: str

    def publish(self, files: Sequence[Json], *, create: bool) -> Json:
        """Return the release that `files` (each a `name` and a `text`) have become.

        Raises:
            Refused: there is no such rule set and `create` is false, or the service refuses the rules.
            Failure: nobody answers.
        """
        path = f"/v1/rulesets/{self._name}/releases"
        answer = self.client.ask("POST", path, {"files": files})
        if answer.problem == _NO_SUCH_RULESET and create:
            _accepted(self.client.ask("POST", "/v1/rulesets", {"name": self.ruleset, "title": _title(self.ruleset)}))
            answer = self.client.ask("POST", path, {"files": files})
        if answer.problem == _NO_SUCH_RULESET:
            raise Failure(f"there is no rule set `{self.ruleset}` there; --create makes one", Exit.FINDINGS)
        return _accepted(answer).value

    def promote(self, number: object) -> object:
        """Let release `number` answer from now on, and return the number of the one that answered before.

        Raises:
            Refused: the service will not, or somebody else has promoted meanwhile.
            Failure: nobody answers.
        """
        path = f"/v1/rulesets/{self._name}/channels/stable"
        now = _accepted(self.client.ask("GET", path))
        tag = {"If-Match": now.headers["etag"]} if "etag" in now.headers else {}
        _accepted(self.client.ask("PUT", path, {"release": number}, tag))
        return now.value.get("release")

    @property
    def _name(self) -> str:
        return quote(self.ruleset, safe="")


def _accepted(answer: Answer) -> Answer:
    if answer.problem is not None:
        raise Refused(answer)
    return answer


def _title(name: str) -> str:
    return name.replace("-", " ").capitalize()


def _in_words(problem: Json) -> str:
    """Return a problem document as text: its title and detail, then each fault on a line of its own."""
    faults = problem.get("errors")
    lines = [_fault(fault) for fault in faults if isinstance(fault, dict)] if isinstance(faults, list) else []
    return "\n".join([f"{problem.get('title', 'refused')}: {problem.get('detail', '')}", *lines])


def _fault(fault: Json) -> str:
    place = ":".join(str(fault[key]) for key in ("file", "line", "column") if fault.get(key) is not None)
    parts = [place or fault.get("pointer"), fault.get("code"), fault.get("detail"), fault.get("help")]
    return "  " + "  ".join(str(part) for part in parts if part)
