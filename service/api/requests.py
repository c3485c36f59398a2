"""Reads request bodies: strictly, by type, and with an answer for everything that can be wrong with JSON."""

from __future__ import annotations

import functools
import json
from collections.abc import Hashable
from decimal import Decimal, InvalidOperation
from typing import Any, cast

import msgspec
from litestar import Request
from litestar.datastructures import State

from service.api.wording import fault_of
from service.operations.context import Context
from service.problems import INVALID_BODY, MALFORMED_JSON, Fault, ProblemError
from service.settings import Settings

_LONGEST_SHOWN = 64
_OUT_OF_RANGE = "Number out of range"
_MOST_EXPONENT = 10_000
"""Past it, exact arithmetic would overflow; numbers far smaller than that are out of range for any fact."""


class SpotterRequest(Request[None, None, State]):
    """A request whose JSON body is decoded straight into the type that its handler declares."""

    @property
    def context(self) -> Context:
        """Return what use cases work with."""
        context: Context = self.app.state.context
        return context

    @property
    def settings(self) -> Settings:
        """Return what the operator has set."""
        settings: Settings = self.app.state.settings
        return settings

    async def json(self) -> Any:  # noqa: ANN401 - the type is the handler's, which only Litestar knows
        """Return the body as the handler's type.

        Raises:
            ProblemError: it is not JSON, or JSON that does not fit.
        """
        data = self.route_handler.parsed_data_field
        return decode(await self.body(), data.annotation if data else object)


def decode(body: bytes, wanted: type[Any]) -> Any:  # noqa: ANN401 - as above
    """Return `body` as `wanted`: no coercion, no unknown or repeated member, numbers exact.

    Raises:
        ProblemError: it is not JSON, or JSON that does not fit.
    """
    try:
        value = _decoder(cast("Hashable", wanted)).decode(body)
        if not _is_plainly_distinct(body, value, wanted):
            _refuse_repeated(body)
    except msgspec.ValidationError as error:
        fault = fault_of(str(error), getattr(wanted, "__struct_encode_fields__", ()))
        raise ProblemError(INVALID_BODY, fault.detail, faults=[fault]) from None
    except RecursionError:
        raise ProblemError(MALFORMED_JSON, "the body is nested too deeply") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ProblemError(MALFORMED_JSON, f"the body is not JSON in UTF-8: {_reason(error)}") from None
    return value


@functools.cache
def _decoder(wanted: Any) -> msgspec.json.Decoder[Any]:  # noqa: ANN401 - a type, as above
    return msgspec.json.Decoder(wanted, float_hook=_exact)


def _exact(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(_OUT_OF_RANGE) from None
    if abs(number.adjusted()) > _MOST_EXPONENT:
        raise ValueError(_OUT_OF_RANGE)
    return number


def _reason(error: Exception) -> str:
    return "it breaks off, or has half a surrogate pair" if "truncated" in str(error) else str(error)


class _RepeatedMemberError(Exception):
    pass


def _refuse_repeated(body: bytes) -> None:
    """Refuse a member given twice, of which a typed decoder keeps the last without a word."""
    try:
        _members.decode(body.decode())
    except _RepeatedMemberError as error:
        fault = Fault(f"the member {error} is given twice")
        raise ProblemError(MALFORMED_JSON, "an object names a member twice", faults=[fault]) from None


def _is_plainly_distinct(body: bytes, value: object, wanted: type[Any]) -> bool:
    """Return whether `body`, decoded as `value`, surely names no member twice: then nobody need look closer.

    Each member brings a colon. Decoding drops those that are given again, so that the colons become fewer when
    the rest is encoded anew. Without escapes no colon of a text can come or go; with them, it is left open. A
    value is encoded without what was left out where its type omits defaults; of other types, the body is read again.
    """
    if b"\\" in body:
        return False
    try:
        config = getattr(wanted, "__struct_config__", None)
        kept = value if config is not None and config.omit_defaults else _anything.decode(body)
        return _encode(kept).count(b":") == body.count(b":")
    except (msgspec.MsgspecError, OverflowError, RecursionError):
        return False  # a number that only exact arithmetic takes


def _distinct(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _ in pairs]
        raise _RepeatedMemberError(next(json.dumps(name[:_LONGEST_SHOWN]) for name in members if names.count(name) > 1))
    return members


_anything = msgspec.json.Decoder()
_encode = msgspec.json.Encoder().encode
_members = json.JSONDecoder(object_pairs_hook=_distinct, parse_int=str, parse_float=str)
"""A second reading, which sees each member as it is written."""
