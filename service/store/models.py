"""The tables."""

from __future__ import annotations

import datetime

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Dialect,
    ForeignKey,
    LargeBinary,
    MetaData,
    String,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime.datetime]):
    """An instant; kept as UTC, because SQLite forgets offsets."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime.datetime | None, dialect: Dialect) -> datetime.datetime | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        """Return `value` as naive UTC."""
        return None if value is None else value.astimezone(datetime.UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime.datetime | None, dialect: Dialect) -> datetime.datetime | None:  # noqa: ARG002 - as above
        """Return `value` with its offset."""
        return None if value is None else value.replace(tzinfo=datetime.UTC)


class Row(DeclarativeBase):
    """What every table shares: names of constraints that migrations can rely on."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )


class RulesetRow(Row):
    """A rule set."""

    __tablename__ = "ruleset"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(63), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime.datetime] = mapped_column(UtcDateTime())


class ReleaseRow(Row):
    """A release: its source as published and its artifact, each with its SHA-256 digest. Never updated."""

    __tablename__ = "release"
    __table_args__ = (UniqueConstraint("ruleset_id", "number"), CheckConstraint("number >= 1", name="number"))

    id: Mapped[int] = mapped_column(primary_key=True)
    ruleset_id: Mapped[int] = mapped_column(ForeignKey("ruleset.id"))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(String(71))
    source_digest: Mapped[str] = mapped_column(String(71))
    published_at: Mapped[datetime.datetime] = mapped_column(UtcDateTime())
    artifact: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    source: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class ChannelRow(Row):
    """Where a channel of a rule set points; `version` counts its moves. No row: it has never pointed anywhere."""

    __tablename__ = "channel"
    __table_args__ = (CheckConstraint("version >= 1", name="version"),)

    ruleset_id: Mapped[int] = mapped_column(ForeignKey("ruleset.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(63), primary_key=True)
    release_id: Mapped[int] = mapped_column(ForeignKey("release.id"))
    version: Mapped[int]
    moved_at: Mapped[datetime.datetime] = mapped_column(UtcDateTime())
