"""Rule sets, releases and channels."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the three tables."""
    op.create_table(
        "ruleset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(63), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ruleset"),
        sa.UniqueConstraint("name", name="uq_ruleset_name"),
    )
    op.create_table(
        "release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ruleset_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(71), nullable=False),
        sa.Column("source_digest", sa.String(71), nullable=False),
        sa.Column("published_at", sa.DateTime(), nullable=False),
        sa.Column("artifact", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_release"),
        sa.UniqueConstraint("ruleset_id", "number", name="uq_release_ruleset_id_number"),
        sa.CheckConstraint("number >= 1", name="ck_release_number"),
        sa.ForeignKeyConstraint(["ruleset_id"], ["ruleset.id"], name="fk_release_ruleset_id"),
    )
    op.create_table(
        "channel",
        sa.Column("ruleset_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(63), nullable=False),
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("moved_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("version >= 1", name="ck_channel_version"),
        sa.ForeignKeyConstraint(["ruleset_id"], ["ruleset.id"], name="fk_channel_ruleset_id"),
        sa.ForeignKeyConstraint(["release_id"], ["release.id"], name="fk_channel_release_id"),
        sa.PrimaryKeyConstraint("ruleset_id", "name", name="pk_channel"),
    )


def downgrade() -> None:
    """Drop the three tables, with everything in them."""
    op.drop_table("channel")
    op.drop_table("release")
    op.drop_table("ruleset")
