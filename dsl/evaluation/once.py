"""A property that is worked out once: `functools.cached_property` without the lock, which in Python 3.11 costs more."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

Value = TypeVar("Value")


class once(Generic[Value]):  # noqa: N801 - it is read as a decorator
    """Works the value out when it is first asked for, and puts it where the attribute is found from then on."""

    def __init__(self, work_out: Callable[[Any], Value]) -> None:
        """Give objects the attribute that `work_out` is named for."""
        self._work_out = work_out
        self._name = work_out.__name__
        self.__doc__ = work_out.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> once[Value]: ...

    @overload
    def __get__(self, instance: object, owner: type) -> Value: ...

    def __get__(self, instance: object | None, owner: type) -> once[Value] | Value:
        """Return the value."""
        if instance is None:
            return self
        value = instance.__dict__[self._name] = self._work_out(instance)
        return value
