"""What is worked out once, when it is first wanted: one attribute of an object, or one value of many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

Key = TypeVar("Key")
Value = TypeVar("Value")


class OnDemand(dict[Key, Value]):
    """Values by key, each made when it is first asked for. Of a large release, only a part is ever wanted."""

    def __init__(self, make: Callable[[Key], Value]) -> None:
        """Begin with nothing made."""
        super().__init__()
        self._make = make

    def __missing__(self, key: Key) -> Value:
        """Make the value for `key`, keep it, and return it."""
        value = self[key] = self._make(key)
        return value


class once(Generic[Value]):  # noqa: N801 - it is read as a decorator
    """Works the value out when it is first asked for, and puts it where the attribute is found from then on.

    It is `functools.cached_property` without the lock, which in Python 3.11 costs more than the property.
    """

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
