"""Initial schema: every table, and the triggers that make some of them append-only.

Revision: 0001
Follows:
"""

import sqlalchemy as sa
from alembic import op

from wopo.db.tables import append_only_ddl

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(length=80), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.String(length=40), nullable=True),
        sa.Column("surface", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    with op.batch_alter_table("audit_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_entry_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "client",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_table(
        "contact_key",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.String(length=40), nullable=False),
        sa.Column("fact", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("contact_key", schema=None) as batch_op:
        batch_op.create_index("ix_contact_key_alike", ["key", "owner"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_key_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "cost_centre",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("parent_id", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["cost_centre.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    with op.batch_alter_table("cost_centre", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cost_centre_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "exchange_rate",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=3), nullable=False),
        sa.Column("target", sa.String(length=3), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "target", "day"),
    )
    op.create_table(
        "idempotency",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("command", sa.String(length=80), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    with op.batch_alter_table("idempotency", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_idempotency_at"), ["at"], unique=False)

    op.create_table(
        "imported_record",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("target", sa.String(length=30), nullable=False),
        sa.Column("source_key", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("target", "source_key"),
    )
    with op.batch_alter_table("imported_record", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_imported_record_subject_id"), ["subject_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_imported_record_target"), ["target"], unique=False)

    op.create_table(
        "job_run",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("job", sa.String(length=60), nullable=False),
        sa.Column("period", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("job", "period"),
    )
    op.create_table(
        "number_series",
        sa.Column("prefix", sa.String(length=8), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", "year"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("card", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("audience", sa.String(length=80), nullable=False),
        sa.Column("stream", sa.String(length=120), nullable=False),
        sa.Column("mode", sa.String(length=40), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_by", sa.String(length=80), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_due", ["state", "next_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbox_seq"), ["seq"], unique=False)
        batch_op.create_index("ix_outbox_stream", ["stream", "seq"], unique=False)

    op.create_table(
        "part",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("category", sa.String(length=80), nullable=False),
        sa.Column("service", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("part", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_part_category"), ["category"], unique=False)
        batch_op.create_index(batch_op.f("ix_part_name"), ["name"], unique=False)

    op.create_table(
        "posted_card",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("card", sa.String(length=60), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("audience", sa.String(length=80), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("ts", sa.String(length=40), nullable=False),
        sa.Column("shown_seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("card", "subject_id", "audience"),
    )
    with op.batch_alter_table("posted_card", schema=None) as batch_op:
        batch_op.create_index("ix_posted_card_place", ["channel", "ts"], unique=False)
        batch_op.create_index(batch_op.f("ix_posted_card_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "project",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_table(
        "refusal_entry",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("prev_seal", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.String(length=40), nullable=True),
        sa.Column("surface", sa.String(length=20), nullable=False),
        sa.Column("command", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("message", sa.String(length=2000), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("seq"),
    )
    with op.batch_alter_table("refusal_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_refusal_entry_at"), ["at"], unique=False)

    op.create_table(
        "search_word",
        sa.Column(
            "word",
            sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("subject", sa.String(length=20), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("word", "subject", "subject_id"),
    )
    with op.batch_alter_table("search_word", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_search_word_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "setting",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "team",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    op.create_table(
        "vendor",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=150), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("phone", sa.String(length=60), nullable=True),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.Column("tax_id", sa.String(length=60), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("payment_terms", sa.String(length=80), nullable=False),
        sa.Column("standing", sa.String(length=40), nullable=False),
        sa.Column("contractor", sa.Boolean(), nullable=False),
        sa.Column("numbers_restart_yearly", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("holds", sa.JSON(), nullable=False),
        sa.Column("holds_end_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    with op.batch_alter_table("vendor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_vendor_holds_end_on"), ["holds_end_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_vendor_name"), ["name"], unique=False)

    op.create_table(
        "location",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("parent_id", sa.String(length=40), nullable=True),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("intake", sa.String(length=40), nullable=False),
        sa.Column("cost_centre_id", sa.String(length=40), nullable=True),
        sa.Column("holds_stock", sa.Boolean(), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["cost_centre_id"], ["cost_centre.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["location.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    with op.batch_alter_table("location", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_location_cost_centre_id"), ["cost_centre_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_location_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_location_site_id"), ["site_id"], unique=False)

    op.create_table(
        "preferred_vendor",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", sa.String(length=40), nullable=False),
        sa.Column("part_id", sa.String(length=40), nullable=True),
        sa.Column("category", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendor.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("part_id", "category", "vendor_id"),
    )
    with op.batch_alter_table("preferred_vendor", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_preferred_vendor_category"), ["category"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_preferred_vendor_part_id"), ["part_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_preferred_vendor_vendor_id"), ["vendor_id"], unique=False
        )

    op.create_table(
        "price_agreement",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("vendor_id", sa.String(length=40), nullable=False),
        sa.Column("part_id", sa.String(length=40), nullable=True),
        sa.Column("category", sa.String(length=80), nullable=True),
        sa.Column("service", sa.String(length=200), nullable=True),
        sa.Column("service_contract", sa.Boolean(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("price_per", sa.BigInteger(), nullable=False),
        sa.Column("minimum_quantity", sa.BigInteger(), nullable=True),
        sa.Column("lead_time_days", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("payment_terms", sa.String(length=80), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("reminded_for", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendor.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("price_agreement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_price_agreement_category"), ["category"], unique=False)
        batch_op.create_index(batch_op.f("ix_price_agreement_part_id"), ["part_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_price_agreement_vendor_id"), ["vendor_id"], unique=False
        )

    op.create_table(
        "asset",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("tag", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("location_id", sa.String(length=40), nullable=False),
        sa.Column("cost_centre_id", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["cost_centre_id"], ["cost_centre.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("tag"),
    )
    with op.batch_alter_table("asset", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_asset_cost_centre_id"), ["cost_centre_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_asset_location_id"), ["location_id"], unique=False)

    op.create_table(
        "person",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("department", sa.String(length=80), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=True),
        sa.Column("cost_centre_id", sa.String(length=40), nullable=True),
        sa.Column("manager_id", sa.String(length=40), nullable=True),
        sa.Column("locale", sa.String(length=20), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("counter_cap_minor", sa.BigInteger(), nullable=True),
        sa.Column("away_until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cost_centre_id"], ["cost_centre.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["manager_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["location.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("code"),
    )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_person_cost_centre_id"), ["cost_centre_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_person_email"), ["email"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_manager_id"), ["manager_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_site_id"), ["site_id"], unique=False)

    op.create_table(
        "price_tier",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("agreement_id", sa.String(length=40), nullable=False),
        sa.Column("from_quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=True),
        sa.Column("discount_percent", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["price_agreement.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("price_tier", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_price_tier_agreement_id"), ["agreement_id"], unique=False
        )

    op.create_table(
        "purchasing_policy",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("imported_by_id", sa.String(length=40), nullable=True),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["imported_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("version"),
    )
    with op.batch_alter_table("purchasing_policy", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_purchasing_policy_imported_by_id"), ["imported_by_id"], unique=False
        )

    op.create_table(
        "unit_conversion",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("target", sa.String(length=20), nullable=False),
        sa.Column("part_id", sa.String(length=40), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("factor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("source", "target", "part_id", "day"),
    )
    with op.batch_alter_table("unit_conversion", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_conversion_part_id"), ["part_id"], unique=False)

    op.create_table(
        "stock_level",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("part_id", sa.String(length=40), nullable=False),
        sa.Column("location_id", sa.String(length=40), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), nullable=False),
        sa.Column("reserved", sa.BigInteger(), nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.CheckConstraint("on_hand >= 0", name="stock_on_hand_not_negative"),
        sa.CheckConstraint("reserved >= 0 AND reserved <= on_hand", name="stock_reserved_in_hand"),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("part_id", "location_id"),
    )
    with op.batch_alter_table("stock_level", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_stock_level_location_id"), ["location_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_stock_level_part_id"), ["part_id"], unique=False)

    op.create_table(
        "attachment",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("mimetype", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("slack_file_id", sa.String(length=40), nullable=True),
        sa.Column("url", sa.String(length=1000), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("added_by_id", sa.String(length=40), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("attachment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_attachment_added_by_id"), ["added_by_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_attachment_sha256"), ["sha256"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_attachment_slack_file_id"), ["slack_file_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_attachment_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "cost_centre_owner",
        sa.Column("cost_centre_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["cost_centre_id"], ["cost_centre.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("cost_centre_id"),
    )
    with op.batch_alter_table("cost_centre_owner", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_cost_centre_owner_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "on_call",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("cap_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("set_by_id", sa.String(length=40), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["location.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("on_call", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_on_call_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_on_call_site", ["site_id", "ends"], unique=False)

    op.create_table(
        "absence_rule",
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("to_id", sa.String(length=40), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status_seen", sa.String(length=300), nullable=False),
        sa.Column("status_until", sa.Date(), nullable=True),
        sa.Column("dnd_seen", sa.String(length=300), nullable=False),
        sa.Column("dnd_until", sa.Date(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["to_id"], ["person.id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("person_id"),
    )
    with op.batch_alter_table("absence_rule", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_absence_rule_to_id"), ["to_id"], unique=False)

    op.create_table(
        "delegation",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("from_id", sa.String(length=40), nullable=False),
        sa.Column("to_id", sa.String(length=40), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("made_by_id", sa.String(length=40), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["from_id"], ["person.id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["to_id"], ["person.id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("delegation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delegation_ends"), ["ends"], unique=False)
        batch_op.create_index(batch_op.f("ix_delegation_from_id"), ["from_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delegation_to_id"), ["to_id"], unique=False)

    op.create_table(
        "authority_limit",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("cost_centre_id", sa.String(length=40), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["cost_centre_id"], ["cost_centre.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("authority_limit", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_authority_limit_cost_centre_id"), ["cost_centre_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_authority_limit_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "labour_rate",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("per_hour", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("labour_rate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_labour_rate_person_id"), ["person_id"], unique=False)

    op.create_table(
        "purchase_order",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("payment_terms", sa.String(length=80), nullable=False),
        sa.Column("ship_to_id", sa.String(length=40), nullable=True),
        sa.Column("buyer_id", sa.String(length=40), nullable=True),
        sa.Column("requested_by_ids", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("approved_revision", sa.Integer(), nullable=True),
        sa.Column("pending_revision", sa.Integer(), nullable=True),
        sa.Column("order_date", sa.Date(), nullable=True),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_label", sa.String(length=120), nullable=False),
        sa.Column("service_frequency", sa.String(length=60), nullable=True),
        sa.Column("billing_frequency", sa.String(length=60), nullable=True),
        sa.Column("blanket_limit_minor", sa.BigInteger(), nullable=True),
        sa.Column("blanket_id", sa.String(length=40), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("charges_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("receipt_progress", sa.String(length=40), nullable=False),
        sa.Column("billing_progress", sa.String(length=40), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("rule_sentence", sa.String(length=300), nullable=False),
        sa.Column("without_job", sa.Boolean(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("import_flag", sa.String(length=500), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("close_reason", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["blanket_id"], ["purchase_order.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["buyer_id"], ["person.id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(
            ["ship_to_id"], ["location.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendor.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("purchase_order", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_purchase_order_asked_at"), ["asked_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_purchase_order_blanket_id"), ["blanket_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_purchase_order_buyer_id"), ["buyer_id"], unique=False)
        batch_op.create_index(
            "ix_purchase_order_kind", ["kind", "state", "created_at"], unique=False
        )
        batch_op.create_index("ix_purchase_order_recent", ["state", "created_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_purchase_order_ship_to_id"), ["ship_to_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_purchase_order_state"), ["state"], unique=False)
        batch_op.create_index("ix_purchase_order_vendor", ["vendor_id", "asked_at"], unique=False)

    op.create_table(
        "slack_identity",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("workspace_id", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("guest", sa.Boolean(), nullable=False),
        sa.Column("deactivated", sa.Boolean(), nullable=False),
        sa.Column("dm_channel", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("workspace_id", "user_id"),
    )
    with op.batch_alter_table("slack_identity", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_slack_identity_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_slack_identity_user_id"), ["user_id"], unique=False)

    op.create_table(
        "subscription",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("channel_name", sa.String(length=80), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("smallest_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("cost_centre_ids", sa.JSON(), nullable=False),
        sa.Column("vendor_ids", sa.JSON(), nullable=False),
        sa.Column("site_ids", sa.JSON(), nullable=False),
        sa.Column("owner_ids", sa.JSON(), nullable=False),
        sa.Column("rhythm", sa.String(length=40), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("timezone", sa.String(length=60), nullable=False),
        sa.Column("made_by_id", sa.String(length=40), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("subscription", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_subscription_channel"), ["channel"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_subscription_made_by_id"), ["made_by_id"], unique=False
        )

    op.create_table(
        "team_member",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("team_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("team_id", "person_id"),
    )
    with op.batch_alter_table("team_member", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_member_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_team_member_team_id"), ["team_id"], unique=False)

    op.create_table(
        "work_request",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("explanation", sa.String(length=4000), nullable=False),
        sa.Column("requester_id", sa.String(length=40), nullable=True),
        sa.Column("client_id", sa.String(length=40), nullable=True),
        sa.Column("department", sa.String(length=80), nullable=False),
        sa.Column("entered_by_id", sa.String(length=40), nullable=True),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("location_id", sa.String(length=40), nullable=False),
        sa.Column("exact_spot", sa.String(length=200), nullable=False),
        sa.Column("asset_id", sa.String(length=40), nullable=True),
        sa.Column("priority", sa.String(length=40), nullable=False),
        sa.Column("required_by", sa.Date(), nullable=True),
        sa.Column("finding_reference", sa.String(length=80), nullable=False),
        sa.Column("compliance_deadline", sa.Date(), nullable=True),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.String(length=40), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.Column("work_order_id", sa.String(length=40), nullable=True),
        sa.Column("source_channel", sa.String(length=40), nullable=True),
        sa.Column("source_ts", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["requester_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["location.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("work_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_work_request_asset_id"), ["asset_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_request_client_id"), ["client_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_work_request_created_at"), ["created_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_work_request_decided_by_id"), ["decided_by_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_work_request_entered_by_id"), ["entered_by_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_work_request_finding_reference"), ["finding_reference"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_work_request_location_id"), ["location_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_work_request_requester_id"), ["requester_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_work_request_site_id"), ["site_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_request_source_ts"), ["source_ts"], unique=False)
        batch_op.create_index(batch_op.f("ix_work_request_state"), ["state"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_work_request_work_order_id"), ["work_order_id"], unique=False
        )

    op.create_table(
        "approval",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("purchase_order_id", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.String(length=80), nullable=False),
        sa.Column("matrix_rule", sa.String(length=80), nullable=False),
        sa.Column("stands_from", sa.Integer(), nullable=True),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("eligible_ids", sa.JSON(), nullable=False),
        sa.Column("stand_ins", sa.JSON(), nullable=False),
        sa.Column("above_ids", sa.JSON(), nullable=False),
        sa.Column("passed_over_ids", sa.JSON(), nullable=False),
        sa.Column("handed_on_by_id", sa.String(length=40), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.String(length=40), nullable=True),
        sa.Column("decided_for_id", sa.String(length=40), nullable=True),
        sa.Column("decided_for_until", sa.Date(), nullable=True),
        sa.Column("on_call_id", sa.String(length=40), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_on_surface", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.Column("question", sa.String(length=1000), nullable=True),
        sa.Column("answer", sa.String(length=1000), nullable=True),
        sa.Column("waiver", sa.String(length=200), nullable=True),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["decided_for_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["handed_on_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["on_call_id"], ["on_call.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"], ["purchase_order.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_approval_decided_by_id"), ["decided_by_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_approval_purchase_order_id"), ["purchase_order_id"], unique=False
        )
        batch_op.create_index("ix_approval_rule", ["rule", "asked_at"], unique=False)
        batch_op.create_index("ix_approval_state", ["state", "purchase_order_id"], unique=False)

    op.create_table(
        "emergency_review",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("approval_id", sa.String(length=40), nullable=False),
        sa.Column("purchase_order_id", sa.String(length=40), nullable=False),
        sa.Column("asked_ids", sa.JSON(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("reviewed_by_id", sa.String(length=40), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approval.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"], ["purchase_order.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("emergency_review", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_emergency_review_approval_id"), ["approval_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_emergency_review_purchase_order_id"),
            ["purchase_order_id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_emergency_review_state"), ["state"], unique=False)

    op.create_table(
        "invoice",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=False),
        sa.Column("number_key", sa.String(length=60), nullable=False),
        sa.Column("number_core", sa.String(length=60), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", sa.String(length=40), nullable=False),
        sa.Column("purchase_order_id", sa.String(length=40), nullable=True),
        sa.Column("order_reference", sa.String(length=60), nullable=False),
        sa.Column("credits_invoice_id", sa.String(length=40), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("invoice_date", sa.Date(), nullable=False),
        sa.Column("due_date", sa.Date(), nullable=True),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("charges_minor", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("stated_total_minor", sa.BigInteger(), nullable=True),
        sa.Column("entered_by_id", sa.String(length=40), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.String(length=40), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("verdict", sa.JSON(), nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.Column("not_duplicate_of", sa.JSON(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("withheld_minor", sa.BigInteger(), nullable=False),
        sa.Column("withheld", sa.JSON(), nullable=False),
        sa.Column("settled_minor", sa.BigInteger(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["credits_invoice_id"], ["invoice.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"], ["purchase_order.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendor.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invoice_credits_invoice_id"), ["credits_invoice_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_invoice_decided_by_id"), ["decided_by_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_invoice_entered_at"), ["entered_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_invoice_entered_by_id"), ["entered_by_id"], unique=False
        )
        batch_op.create_index("ix_invoice_core", ["number_core", "vendor_id"], unique=False)
        batch_op.create_index(
            "ix_invoice_lookalike", ["total_minor", "invoice_date", "vendor_id"], unique=False
        )
        batch_op.create_index("ix_invoice_number", ["vendor_id", "number_key"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_invoice_purchase_order_id"), ["purchase_order_id"], unique=False
        )
        batch_op.create_index("ix_invoice_queue", ["state", "sequence"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_sequence"), ["sequence"], unique=False)
        batch_op.create_index(
            "ix_invoice_withheld",
            ["vendor_id"],
            unique=False,
            sqlite_where=sa.text("withheld_minor > 0"),
            postgresql_where=sa.text("withheld_minor > 0"),
        )

    op.create_table(
        "bank_details",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("iban", sa.String(length=34), nullable=False),
        sa.Column("bic", sa.String(length=11), nullable=False),
        sa.Column("account", sa.String(length=300), nullable=False),
        sa.Column("phone_before", sa.String(length=60), nullable=False),
        sa.Column("entered_by_id", sa.String(length=40), nullable=True),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.String(length=40), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called", sa.String(length=200), nullable=False),
        sa.Column("known_number", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendor.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("vendor_id", "version"),
    )
    with op.batch_alter_table("bank_details", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_bank_details_decided_by_id"), ["decided_by_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_bank_details_entered_by_id"), ["entered_by_id"], unique=False
        )
        batch_op.create_index("ix_bank_details_live", ["state", "vendor_id"], unique=False)

    op.create_table(
        "payment_batch",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("up_to", sa.Date(), nullable=False),
        sa.Column("execute_on", sa.Date(), nullable=False),
        sa.Column("made_by_id", sa.String(length=40), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.String(length=40), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("payment_batch", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payment_batch_decided_by_id"), ["decided_by_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_payment_batch_made_by_id"), ["made_by_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_payment_batch_state"), ["state"], unique=False)

    op.create_table(
        "payment",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("batch_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("vendor_id", sa.String(length=40), nullable=False),
        sa.Column("bank_details_id", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("taken_out", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_details_id"], ["bank_details.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["payment_batch.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendor.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("payment", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payment_bank_details_id"), ["bank_details_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_payment_batch_id"), ["batch_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_payment_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "payment_item",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("payment_id", sa.String(length=40), nullable=False),
        sa.Column("invoice_id", sa.String(length=40), nullable=False),
        sa.Column("live_invoice_id", sa.String(length=40), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["live_invoice_id"], ["invoice.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("live_invoice_id"),
    )
    with op.batch_alter_table("payment_item", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payment_item_invoice_id"), ["invoice_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_payment_item_payment_id"), ["payment_id"], unique=False
        )

    op.create_table(
        "incoming_file",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("slack_file_id", sa.String(length=40), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("ts", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("mimetype", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("claim", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("sentence", sa.String(length=2000), nullable=False),
        sa.Column("documents", sa.JSON(), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.Column("order_id", sa.String(length=40), nullable=True),
        sa.Column("person_id", sa.String(length=40), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["purchase_order.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("claim"),
        sa.UniqueConstraint("slack_file_id", "channel", "ts"),
    )
    with op.batch_alter_table("incoming_file", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incoming_file_order_id"), ["order_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incoming_file_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incoming_file_sha256"), ["sha256"], unique=False)

    op.create_table(
        "order_charge",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("purchase_order_id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"], ["purchase_order.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("purchase_order_id", "code"),
    )
    op.create_table(
        "order_revision",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("purchase_order_id", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("together", sa.JSON(), nullable=False),
        sa.Column("made_by_id", sa.String(length=40), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"], ["purchase_order.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("purchase_order_id", "revision"),
    )
    with op.batch_alter_table("order_revision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_revision_at"), ["at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_order_revision_made_by_id"), ["made_by_id"], unique=False
        )

    op.create_table(
        "receipt",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("purchase_order_id", sa.String(length=40), nullable=False),
        sa.Column("reverses_id", sa.String(length=40), nullable=True),
        sa.Column("received_by_id", sa.String(length=40), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("delivery_note", sa.String(length=60), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("flag", sa.String(length=300), nullable=True),
        sa.Column("for_credit", sa.Boolean(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"], ["purchase_order.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["received_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["receipt.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("receipt", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_receipt_purchase_order_id"), ["purchase_order_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_receipt_received_by_id"), ["received_by_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_receipt_reverses_id"), ["reverses_id"], unique=False)

    op.create_table(
        "work_order",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=150), nullable=False),
        sa.Column("explanation", sa.String(length=4000), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("instructions", sa.String(length=4000), nullable=False),
        sa.Column("work_request_id", sa.String(length=40), nullable=True),
        sa.Column("requester_id", sa.String(length=40), nullable=True),
        sa.Column("client_id", sa.String(length=40), nullable=True),
        sa.Column("department", sa.String(length=80), nullable=False),
        sa.Column("approved_by_id", sa.String(length=40), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("required_by", sa.Date(), nullable=True),
        sa.Column("estimated_completion", sa.Date(), nullable=True),
        sa.Column("assignee_kind", sa.String(length=40), nullable=True),
        sa.Column("assignee_id", sa.String(length=40), nullable=True),
        sa.Column("contract_flag", sa.String(length=500), nullable=True),
        sa.Column("contract_override", sa.String(length=500), nullable=True),
        sa.Column("contract_override_by_id", sa.String(length=40), nullable=True),
        sa.Column("site_id", sa.String(length=40), nullable=False),
        sa.Column("location_id", sa.String(length=40), nullable=False),
        sa.Column("exact_spot", sa.String(length=200), nullable=False),
        sa.Column("asset_id", sa.String(length=40), nullable=True),
        sa.Column("priority", sa.String(length=40), nullable=False),
        sa.Column("estimated_hours", sa.BigInteger(), nullable=True),
        sa.Column("project_id", sa.String(length=40), nullable=True),
        sa.Column("cost_centre_id", sa.String(length=40), nullable=False),
        sa.Column("nte_minor", sa.BigInteger(), nullable=True),
        sa.Column("charge_back_client_id", sa.String(length=40), nullable=True),
        sa.Column("finding_reference", sa.String(length=80), nullable=False),
        sa.Column("compliance_deadline", sa.Date(), nullable=True),
        sa.Column("mandatory", sa.Boolean(), nullable=False),
        sa.Column("hold_reason", sa.String(length=40), nullable=True),
        sa.Column("hold_note", sa.String(length=200), nullable=False),
        sa.Column("source_channel", sa.String(length=40), nullable=True),
        sa.Column("source_ts", sa.String(length=40), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completion_note", sa.String(length=2000), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancel_reason", sa.String(length=500), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(
            ["charge_back_client_id"], ["client.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["contract_override_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["cost_centre_id"], ["cost_centre.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["requester_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["location.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["work_request_id"], ["work_request.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("work_order", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_work_order_approved_by_id"), ["approved_by_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_work_order_asset_id"), ["asset_id"], unique=False)
        batch_op.create_index("ix_work_order_assigned", ["assignee_id", "state"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_work_order_charge_back_client_id"),
            ["charge_back_client_id"],
            unique=False,
        )
        batch_op.create_index(batch_op.f("ix_work_order_client_id"), ["client_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_work_order_contract_override_by_id"),
            ["contract_override_by_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_work_order_cost_centre_id"), ["cost_centre_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_work_order_created_at"), ["created_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_work_order_location_id"), ["location_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_work_order_project_id"), ["project_id"], unique=False)
        batch_op.create_index(
            "ix_work_order_queue", ["state", "priority", "created_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_work_order_requester_id"), ["requester_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_work_order_site_id"), ["site_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_work_order_work_request_id"), ["work_request_id"], unique=False
        )

    op.create_table(
        "approval_ask",
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("approval_id", sa.String(length=40), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["approval_id"], ["approval.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("person_id", "approval_id"),
    )
    with op.batch_alter_table("approval_ask", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_approval_ask_approval_id"), ["approval_id"], unique=False
        )
        batch_op.create_index(
            "ix_approval_ask_waiting", ["person_id", "waiting", "asked_at"], unique=False
        )

    op.create_table(
        "invoice_charge",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("invoice_id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("invoice_charge", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invoice_charge_invoice_id"), ["invoice_id"], unique=False
        )

    op.create_table(
        "labour_entry",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("work_order_id", sa.String(length=40), nullable=False),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("hours", sa.BigInteger(), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("rate_currency", sa.String(length=3), nullable=False),
        sa.Column("exchange_rate", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("cost_centre_id", sa.String(length=40), nullable=False),
        sa.Column("corrects_id", sa.String(length=40), nullable=True),
        sa.Column("entered_by_id", sa.String(length=40), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(
            ["corrects_id"], ["labour_entry.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["cost_centre_id"], ["cost_centre.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["entered_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("corrects_id"),
    )
    with op.batch_alter_table("labour_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_labour_entry_day"), ["day"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_labour_entry_entered_by_id"), ["entered_by_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_labour_entry_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_labour_entry_work_order_id"), ["work_order_id"], unique=False
        )

    op.create_table(
        "part_request",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("work_order_id", sa.String(length=40), nullable=False),
        sa.Column("requested_by_id", sa.String(length=40), nullable=True),
        sa.Column("needed_by", sa.Date(), nullable=True),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["requested_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("part_request", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_part_request_requested_by_id"), ["requested_by_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_part_request_work_order_id"), ["work_order_id"], unique=False
        )

    op.create_table(
        "purchase_order_line",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("purchase_order_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.String(length=40), nullable=True),
        sa.Column("service", sa.Boolean(), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("vendor_item", sa.String(length=60), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("price_per", sa.BigInteger(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_label", sa.String(length=120), nullable=False),
        sa.Column("tax_code", sa.String(length=20), nullable=False),
        sa.Column("tax_percent", sa.BigInteger(), nullable=False),
        sa.Column("tax_minor", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("share_minor", sa.BigInteger(), nullable=False),
        sa.Column("work_order_id", sa.String(length=40), nullable=True),
        sa.Column("cost_centre_id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=True),
        sa.Column("agreement_id", sa.String(length=40), nullable=True),
        sa.Column("agreed_price", sa.BigInteger(), nullable=True),
        sa.Column("match_policy", sa.String(length=10), nullable=True),
        sa.Column("receiver_id", sa.String(length=40), nullable=True),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("backordered", sa.Boolean(), nullable=False),
        sa.Column("backorder_note", sa.String(length=200), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("proposed", sa.Boolean(), nullable=False),
        sa.Column("closed_short", sa.Boolean(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=False),
        sa.Column("billed", sa.BigInteger(), nullable=False),
        sa.Column("billed_minor", sa.BigInteger(), nullable=False),
        sa.Column("cleared", sa.BigInteger(), nullable=False),
        sa.Column("cleared_minor", sa.BigInteger(), nullable=False),
        sa.Column("called_off_minor", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["price_agreement.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["cost_centre_id"], ["cost_centre.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"], ["purchase_order.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["receiver_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("purchase_order_id", "position"),
    )
    with op.batch_alter_table("purchase_order_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_purchase_order_line_agreement_id"), ["agreement_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_purchase_order_line_cost_centre_id"), ["cost_centre_id"], unique=False
        )
        batch_op.create_index(
            "ix_purchase_order_line_late",
            ["promised_on", "id"],
            unique=False,
            sqlite_where=sa.text("accepted < quantity"),
            postgresql_where=sa.text("accepted < quantity"),
        )
        batch_op.create_index(
            "ix_purchase_order_line_open",
            ["part_id", "closed_short"],
            unique=False,
            sqlite_where=sa.text("accepted < quantity"),
            postgresql_where=sa.text("accepted < quantity"),
        )
        batch_op.create_index(
            "ix_purchase_order_line_over",
            ["purchase_order_id"],
            unique=False,
            sqlite_where=sa.text("accepted > quantity"),
            postgresql_where=sa.text("accepted > quantity"),
        )
        batch_op.create_index(
            batch_op.f("ix_purchase_order_line_part_id"), ["part_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_purchase_order_line_project_id"), ["project_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_purchase_order_line_receiver_id"), ["receiver_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_purchase_order_line_work_order_id"), ["work_order_id"], unique=False
        )

    op.create_table(
        "after_the_fact",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("purchase_order_id", sa.String(length=40), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("first", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("said_by_id", sa.String(length=40), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"], ["purchase_order.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["said_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("after_the_fact", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_after_the_fact_purchase_order_id"), ["purchase_order_id"], unique=True
        )

    op.create_table(
        "payback",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("made_by_id", sa.String(length=40), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )

    op.create_table(
        "work_order_need",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("work_order_id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.Column("added_by_id", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("work_order_need", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_work_order_need_added_by_id"), ["added_by_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_work_order_need_work_order_id"), ["work_order_id"], unique=False
        )

    op.create_table(
        "delivery_schedule",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("purchase_order_line_id", sa.String(length=40), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["purchase_order_line_id"],
            ["purchase_order_line.id"],
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("delivery_schedule", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_delivery_schedule_purchase_order_line_id"),
            ["purchase_order_line_id"],
            unique=False,
        )

    op.create_table(
        "exception_case",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.String(length=40), nullable=False),
        sa.Column("invoice_id", sa.String(length=40), nullable=True),
        sa.Column("receipt_id", sa.String(length=40), nullable=True),
        sa.Column("purchase_order_id", sa.String(length=40), nullable=True),
        sa.Column("purchase_order_line_id", sa.String(length=40), nullable=True),
        sa.Column("vendor_id", sa.String(length=40), nullable=True),
        sa.Column("cost_centre_id", sa.String(length=40), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("owner_kind", sa.String(length=20), nullable=False),
        sa.Column("owner_id", sa.String(length=40), nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("quiet_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by_id", sa.String(length=40), nullable=True),
        sa.Column("resolution", sa.String(length=40), nullable=True),
        sa.Column("reason", sa.String(length=1000), nullable=True),
        sa.Column("accepted_amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("accepted_variance", sa.BigInteger(), nullable=True),
        sa.Column("variance", sa.BigInteger(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.Column("pays_rest", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cost_centre_id"], ["cost_centre.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"], ["purchase_order.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["purchase_order_line_id"],
            ["purchase_order_line.id"],
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendor.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("exception_case", schema=None) as batch_op:
        batch_op.create_index(
            "ix_exception_case_in_hand",
            ["owner_id", "raised_at", "id"],
            unique=False,
            sqlite_where=sa.text("state != 'resolved'"),
            postgresql_where=sa.text("state != 'resolved'"),
        )
        batch_op.create_index("ix_exception_case_list", ["state", "raised_at"], unique=False)
        batch_op.create_index(
            "ix_exception_case_open",
            ["raised_at", "id"],
            unique=False,
            sqlite_where=sa.text("state != 'resolved'"),
            postgresql_where=sa.text("state != 'resolved'"),
        )
        batch_op.create_index(
            "ix_exception_case_desk", ["owner_kind", "state", "raised_at", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_exception_case_changed_at"), ["changed_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_exception_case_code"), ["code"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_exception_case_cost_centre_id"), ["cost_centre_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_exception_case_invoice_id"), ["invoice_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_exception_case_owner_id"), ["owner_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_exception_case_purchase_order_id"), ["purchase_order_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_exception_case_purchase_order_line_id"),
            ["purchase_order_line_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_exception_case_quiet_until"), ["quiet_until"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_exception_case_raised_at"), ["raised_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_exception_case_receipt_id"), ["receipt_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_exception_case_resolved_by_id"), ["resolved_by_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_exception_case_subject_id"), ["subject_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_exception_case_vendor_id"), ["vendor_id"], unique=False
        )

    op.create_table(
        "case_note",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("said", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=3000), nullable=False),
        sa.Column("by_id", sa.String(length=40), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ask_on", sa.Date(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["exception_case.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("case_note", schema=None) as batch_op:
        batch_op.create_index(
            "ix_case_note_to_ask",
            ["ask_on"],
            unique=False,
            sqlite_where=sa.text("ask_on IS NOT NULL AND asked_at IS NULL"),
            postgresql_where=sa.text("ask_on IS NOT NULL AND asked_at IS NULL"),
        )
        batch_op.create_index(batch_op.f("ix_case_note_by_id"), ["by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_note_case_id"), ["case_id"], unique=False)

    op.create_table(
        "case_snooze",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=1000), nullable=False),
        sa.Column("by_id", sa.String(length=40), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["exception_case.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id"),
    )
    with op.batch_alter_table("case_snooze", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_snooze_by_id"), ["by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_case_snooze_until"), ["until"], unique=False)

    op.create_table(
        "invoice_line",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("invoice_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("purchase_order_line_id", sa.String(length=40), nullable=True),
        sa.Column("item_number", sa.String(length=60), nullable=True),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("price_per", sa.BigInteger(), nullable=False),
        sa.Column("charge_minor", sa.BigInteger(), nullable=False),
        sa.Column("discount_minor", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("share_minor", sa.BigInteger(), nullable=False),
        sa.Column("unit_factor", sa.BigInteger(), nullable=True),
        sa.Column("unit_divisor", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["purchase_order_line_id"],
            ["purchase_order_line.id"],
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("invoice_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_invoice_line_invoice_id"), ["invoice_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_invoice_line_purchase_order_line_id"),
            ["purchase_order_line_id"],
            unique=False,
        )

    op.create_table(
        "last_price",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("part_id", sa.String(length=40), nullable=False),
        sa.Column("vendor_id", sa.String(length=40), nullable=False),
        sa.Column("unit_price", sa.BigInteger(), nullable=False),
        sa.Column("price_per", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("purchase_order_line_id", sa.String(length=40), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(
            ["purchase_order_line_id"],
            ["purchase_order_line.id"],
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendor.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("part_id", "vendor_id"),
    )
    with op.batch_alter_table("last_price", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_last_price_vendor_id"), ["vendor_id"], unique=False)

    op.create_table(
        "budget",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("cost_centre_id", sa.String(length=40), nullable=True),
        sa.Column("project_id", sa.String(length=40), nullable=True),
        sa.Column("work_order_id", sa.String(length=40), nullable=True),
        sa.Column("parent_id", sa.String(length=40), nullable=True),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("limit_minor", sa.BigInteger(), nullable=False),
        sa.Column("requested_minor", sa.BigInteger(), nullable=False),
        sa.Column("committed_minor", sa.BigInteger(), nullable=False),
        sa.Column("accrued_minor", sa.BigInteger(), nullable=False),
        sa.Column("invoiced_minor", sa.BigInteger(), nullable=False),
        sa.Column("stock_minor", sa.BigInteger(), nullable=False),
        sa.Column("labour_minor", sa.BigInteger(), nullable=False),
        sa.Column("out_of_pocket_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("starts <= ends", name="budget_period"),
        sa.CheckConstraint(
            "CASE WHEN cost_centre_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN project_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN work_order_id IS NULL THEN 0 ELSE 1 END = 1",
            name="budget_one_owner",
        ),
        sa.ForeignKeyConstraint(
            ["cost_centre_id"], ["cost_centre.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["budget.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("budget", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_budget_cost_centre_id"), ["cost_centre_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_budget_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_budget_project_id"), ["project_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_budget_work_order_id"), ["work_order_id"], unique=False
        )

    op.create_table(
        "budget_override",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("purchase_order_id", sa.String(length=40), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(
            ["purchase_order_id"], ["purchase_order.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("purchase_order_id", "revision"),
    )
    with op.batch_alter_table("budget_override", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_budget_override_purchase_order_id"), ["purchase_order_id"], unique=False
        )

    op.create_table(
        "nte_raise",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("work_order_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("wanted_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("asked_by_ids", sa.JSON(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.String(length=40), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision", sa.String(length=500), nullable=False),
        sa.Column("granted_minor", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("nte_raise", schema=None) as batch_op:
        batch_op.create_index("ix_nte_raise_open", ["work_order_id", "state"], unique=False)

    op.create_table(
        "ledger_entry",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("cost_centre_id", sa.String(length=40), nullable=False),
        sa.Column("work_order_id", sa.String(length=40), nullable=True),
        sa.Column("project_id", sa.String(length=40), nullable=True),
        sa.Column("budget_id", sa.String(length=40), nullable=True),
        sa.Column("project_budget_id", sa.String(length=40), nullable=True),
        sa.Column("purchase_order_line_id", sa.String(length=40), nullable=True),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("source_id", sa.String(length=40), nullable=False),
        sa.Column("by_id", sa.String(length=40), nullable=True),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["budget_id"], ["budget.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(
            ["cost_centre_id"], ["cost_centre.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["project_budget_id"], ["budget.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["purchase_order_line_id"],
            ["purchase_order_line.id"],
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("ledger_entry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ledger_entry_budget_id"), ["budget_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_ledger_entry_project_budget_id"), ["project_budget_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_ledger_entry_source_id"), ["source_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_ledger_entry_work_order_id"), ["work_order_id"], unique=False
        )
        batch_op.create_index("ix_ledger_line", ["purchase_order_line_id", "kind"], unique=False)
        batch_op.create_index(
            "ix_ledger_day",
            ["cost_centre_id", "day"],
            unique=False,
            sqlite_where=sa.text("purchase_order_line_id IS NULL"),
            postgresql_where=sa.text("purchase_order_line_id IS NULL"),
        )

    op.create_table(
        "budget_conversion",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ledger_entry_id", sa.String(length=40), nullable=False),
        sa.Column("budget_id", sa.String(length=40), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("rate", sa.BigInteger(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["ledger_entry_id"], ["ledger_entry.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("ledger_entry_id", "budget_id"),
    )
    with op.batch_alter_table("budget_conversion", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_budget_conversion_budget_id"), ["budget_id"], unique=False
        )

    op.create_table(
        "part_request_line",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("part_request_id", sa.String(length=40), nullable=False),
        sa.Column("work_order_id", sa.String(length=40), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("part_id", sa.String(length=40), nullable=True),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("needed_by", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("route", sa.String(length=40), nullable=False),
        sa.Column("allowed_minor", sa.BigInteger(), nullable=True),
        sa.Column("small_minor", sa.BigInteger(), nullable=True),
        sa.Column("small_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("together_minor", sa.BigInteger(), nullable=True),
        sa.Column("vendor_id", sa.String(length=40), nullable=True),
        sa.Column("agreement_id", sa.String(length=40), nullable=True),
        sa.Column("unit_price", sa.BigInteger(), nullable=True),
        sa.Column("price_per", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=True),
        sa.Column("price_basis", sa.String(length=40), nullable=False),
        sa.Column("returned", sa.BigInteger(), nullable=False),
        sa.Column("pocketed", sa.BigInteger(), nullable=False),
        sa.Column("unsourced", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["price_agreement.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(
            ["part_request_id"], ["part_request.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["vendor_id"], ["vendor.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("part_request_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_part_request_line_agreement_id"), ["agreement_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_part_request_line_part_id"), ["part_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_part_request_line_part_request_id"), ["part_request_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_part_request_line_small_at"), ["small_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_part_request_line_state"), ["state"], unique=False)
        batch_op.create_index(
            "ix_part_request_line_to_buy",
            ["needed_by", "id"],
            unique=False,
            sqlite_where=sa.text("unsourced > 0"),
            postgresql_where=sa.text("unsourced > 0"),
        )
        batch_op.create_index(
            batch_op.f("ix_part_request_line_vendor_id"), ["vendor_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_part_request_line_work_order_id"), ["work_order_id"], unique=False
        )

    op.create_table(
        "out_of_pocket",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("work_order_id", sa.String(length=40), nullable=False),
        sa.Column("cost_centre_id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=True),
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("bought_on", sa.Date(), nullable=False),
        sa.Column("description", sa.String(length=300), nullable=False),
        sa.Column("part_id", sa.String(length=40), nullable=True),
        sa.Column("part_request_line_id", sa.String(length=40), nullable=True),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("charged_minor", sa.BigInteger(), nullable=False),
        sa.Column("charged_currency", sa.String(length=3), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("together_minor", sa.BigInteger(), nullable=False),
        sa.Column("photos_read", sa.Boolean(), nullable=False),
        sa.Column("matrix_rule", sa.String(length=80), nullable=False),
        sa.Column("eligible_ids", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.String(length=40), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.String(length=500), nullable=False),
        sa.Column("payback_id", sa.String(length=40), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cost_centre_id"], ["cost_centre.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(
            ["part_request_line_id"],
            ["part_request_line.id"],
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["payback_id"], ["payback.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("number"),
    )
    with op.batch_alter_table("out_of_pocket", schema=None) as batch_op:
        batch_op.create_index("ix_out_of_pocket_alike", ["amount_minor", "bought_on"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_out_of_pocket_payback_id"), ["payback_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_out_of_pocket_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_out_of_pocket_state", ["state", "created_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_out_of_pocket_work_order_id"), ["work_order_id"], unique=False
        )

    op.create_table(
        "pocket_ask",
        sa.Column("person_id", sa.String(length=40), nullable=False),
        sa.Column("out_of_pocket_id", sa.String(length=40), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["out_of_pocket_id"], ["out_of_pocket.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("person_id", "out_of_pocket_id"),
    )
    with op.batch_alter_table("pocket_ask", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_pocket_ask_out_of_pocket_id"), ["out_of_pocket_id"], unique=False
        )
        batch_op.create_index(
            "ix_pocket_ask_waiting", ["person_id", "waiting", "asked_at"], unique=False
        )

    op.create_table(
        "pocket_decision",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("out_of_pocket_id", sa.String(length=40), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.String(length=80), nullable=False),
        sa.Column("made_by_id", sa.String(length=40), nullable=True),
        sa.Column("made_for_id", sa.String(length=40), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["made_for_id"], ["person.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(
            ["out_of_pocket_id"], ["out_of_pocket.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("pocket_decision", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_pocket_decision_out_of_pocket_id"), ["out_of_pocket_id"], unique=False
        )

    op.create_table(
        "receipt_line",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("receipt_id", sa.String(length=40), nullable=False),
        sa.Column("purchase_order_line_id", sa.String(length=40), nullable=False),
        sa.Column("accepted", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("reject_reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["purchase_order_line_id"],
            ["purchase_order_line.id"],
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("receipt_line", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_receipt_line_purchase_order_line_id"),
            ["purchase_order_line_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_receipt_line_receipt_id"), ["receipt_id"], unique=False
        )

    op.create_table(
        "allocation",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("part_request_line_id", sa.String(length=40), nullable=False),
        sa.Column("purchase_order_line_id", sa.String(length=40), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["part_request_line_id"],
            ["part_request_line.id"],
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["purchase_order_line_id"],
            ["purchase_order_line.id"],
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("allocation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_allocation_part_request_line_id"), ["part_request_line_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_allocation_purchase_order_line_id"),
            ["purchase_order_line_id"],
            unique=False,
        )

    op.create_table(
        "reservation",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("stock_level_id", sa.String(length=40), nullable=False),
        sa.Column("part_request_line_id", sa.String(length=40), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("issued", sa.BigInteger(), nullable=False),
        sa.Column("released", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["part_request_line_id"],
            ["part_request_line.id"],
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["stock_level_id"], ["stock_level.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("reservation", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_reservation_part_request_line_id"),
            ["part_request_line_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_reservation_stock_level_id"), ["stock_level_id"], unique=False
        )

    op.create_table(
        "stock_movement",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("part_id", sa.String(length=40), nullable=False),
        sa.Column("location_id", sa.String(length=40), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("work_order_id", sa.String(length=40), nullable=True),
        sa.Column("part_request_line_id", sa.String(length=40), nullable=True),
        sa.Column("receipt_line_id", sa.String(length=40), nullable=True),
        sa.Column("by_id", sa.String(length=40), nullable=True),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(
            ["location_id"], ["location.id"], initially="DEFERRED", deferrable=True
        ),
        sa.ForeignKeyConstraint(["part_id"], ["part.id"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(
            ["part_request_line_id"],
            ["part_request_line.id"],
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.ForeignKeyConstraint(
            ["work_order_id"], ["work_order.id"], initially="DEFERRED", deferrable=True
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("stock_movement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stock_movement_by_id"), ["by_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_stock_movement_location_id"), ["location_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_stock_movement_part_id"), ["part_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_stock_movement_part_request_line_id"),
            ["part_request_line_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_stock_movement_receipt_line_id"), ["receipt_line_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_stock_movement_work_order_id"), ["work_order_id"], unique=False
        )

    for table in (
        "audit_entry",
        "refusal_entry",
        "ledger_entry",
        "budget_conversion",
        "stock_movement",
    ):
        for statement in append_only_ddl(table, op.get_bind().dialect.name):
            op.execute(sa.text(statement))


def downgrade() -> None:
    for table in (
        "case_note",
        "case_snooze",
        "stock_movement",
        "reservation",
        "allocation",
        "receipt_line",
        "pocket_decision",
        "pocket_ask",
        "out_of_pocket",
        "part_request_line",
        "budget_conversion",
        "ledger_entry",
        "nte_raise",
        "budget_override",
        "budget",
        "last_price",
        "invoice_line",
        "exception_case",
        "delivery_schedule",
        "work_order_need",
        "payback",
        "after_the_fact",
        "purchase_order_line",
        "part_request",
        "labour_entry",
        "invoice_charge",
        "approval_ask",
        "work_order",
        "receipt",
        "order_revision",
        "order_charge",
        "payment_item",
        "payment",
        "payment_batch",
        "bank_details",
        "incoming_file",
        "invoice",
        "emergency_review",
        "approval",
        "work_request",
        "team_member",
        "subscription",
        "slack_identity",
        "purchase_order",
        "labour_rate",
        "cost_centre_owner",
        "absence_rule",
        "delegation",
        "on_call",
        "authority_limit",
        "attachment",
        "unit_conversion",
        "purchasing_policy",
        "stock_level",
        "price_tier",
        "person",
        "asset",
        "price_agreement",
        "preferred_vendor",
        "location",
        "vendor",
        "team",
        "setting",
        "search_word",
        "refusal_entry",
        "project",
        "posted_card",
        "part",
        "outbox",
        "number_series",
        "job_run",
        "imported_record",
        "idempotency",
        "exchange_rate",
        "cost_centre",
        "contact_key",
        "client",
        "audit_head",
        "audit_entry",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(sa.text("DROP FUNCTION wopo_append_only"))
