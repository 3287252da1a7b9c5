"""the first schema

Revision ID: 0001
Revises: 
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('audit_entry',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('actor', sa.Text(), nullable=False),
    sa.Column('entity', sa.Text(), nullable=False),
    sa.Column('entity_id', sa.BigInteger(), nullable=False),
    sa.Column('action', sa.Text(), nullable=False),
    sa.Column('from_state', sa.Text(), nullable=True),
    sa.Column('to_state', sa.Text(), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('correlation_id', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_entry'))
    )
    op.create_index(op.f('ix_audit_entry_entity_entity_id'), 'audit_entry', ['entity', 'entity_id'], unique=False)
    op.create_table('document',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('filename', sa.Text(), nullable=False),
    sa.Column('mime', sa.Text(), nullable=False),
    sa.Column('sha256', sa.Text(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('length(sha256) = 64', name=op.f('ck_document_sha256')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_document'))
    )
    op.create_index(op.f('ix_document_sha256'), 'document', ['sha256'], unique=False)
    op.create_table('organisation',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.Enum('company', 'provider', 'platform', name='organisationkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('legal_form', sa.Text(), nullable=False),
    sa.Column('siren', sa.Text(), nullable=True),
    sa.Column('rcs_city', sa.Text(), nullable=False),
    sa.Column('vat_number', sa.Text(), nullable=False),
    sa.Column('street', sa.Text(), nullable=False),
    sa.Column('postcode', sa.Text(), nullable=False),
    sa.Column('city', sa.Text(), nullable=False),
    sa.Column('country', sa.Text(), nullable=False),
    sa.Column('lat', sa.Float(), nullable=True),
    sa.Column('lon', sa.Float(), nullable=True),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('phone', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("siren is null or siren ~ '^[0-9]{9}$'", name=op.f('ck_organisation_siren')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisation')),
    sa.UniqueConstraint('kind', 'siren', name=op.f('uq_organisation_kind_siren'))
    )
    op.create_table('outbox',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('signal', sa.Text(), nullable=False),
    sa.Column('handler', sa.Text(), nullable=False),
    sa.Column('payload', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('correlation_id', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('pending', 'claimed', 'done', 'failed', name='outboxstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('available_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('done_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outbox'))
    )
    op.create_index('ix_outbox_claimed', 'outbox', ['claimed_at'], unique=False, postgresql_where="state = 'claimed'")
    op.create_index('ix_outbox_due', 'outbox', ['available_at', 'id'], unique=False, postgresql_where="state = 'pending'")
    op.create_index('ix_outbox_failed', 'outbox', ['id'], unique=False, postgresql_where="state = 'failed'")
    op.create_table('outgoing_mail',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('message_id', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('sender', sa.Text(), nullable=False),
    sa.Column('recipient', sa.Text(), nullable=False),
    sa.Column('subject', sa.Text(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.Column('topic', sa.Text(), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('invitation_id', sa.BigInteger(), nullable=True),
    sa.Column('correlation_id', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('queued', 'claimed', 'sent', 'dropped', 'failed', name='mailstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('available_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('claimed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('last_error', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_outgoing_mail')),
    sa.UniqueConstraint('message_id', name=op.f('uq_outgoing_mail_message_id'))
    )
    op.create_index('ix_outgoing_mail_claimed', 'outgoing_mail', ['claimed_at'], unique=False, postgresql_where="state = 'claimed'")
    op.create_index('ix_outgoing_mail_due', 'outgoing_mail', ['available_at', 'id'], unique=False, postgresql_where="state = 'queued'")
    op.create_index('ix_outgoing_mail_failed', 'outgoing_mail', ['id'], unique=False, postgresql_where="state = 'failed'")
    op.create_index('ix_outgoing_mail_topic', 'outgoing_mail', ['topic', 'id'], unique=False, postgresql_where='topic is not null')
    op.create_table('user_account',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('password', sa.Text(), nullable=True),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('fs_uniquifier', sa.Text(), nullable=False),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('locale', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_user_account')),
    sa.UniqueConstraint('email', name=op.f('uq_user_account_email')),
    sa.UniqueConstraint('fs_uniquifier', name=op.f('uq_user_account_fs_uniquifier'))
    )
    op.create_index('uq_user_account_email_lower', 'user_account', [sa.literal_column('lower(email)')], unique=True)
    op.create_table('webhook_event',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('gateway', sa.Text(), nullable=False),
    sa.Column('event_id', sa.Text(), nullable=False),
    sa.Column('type', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=True),
    sa.Column('livemode', sa.Boolean(), nullable=False),
    sa.Column('payload', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('handled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('note', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_webhook_event')),
    sa.UniqueConstraint('gateway', 'event_id', name=op.f('uq_webhook_event_gateway_event_id'))
    )
    op.create_table('event',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('company_id', sa.BigInteger(), nullable=False),
    sa.Column('organiser_id', sa.BigInteger(), nullable=False),
    sa.Column('slug', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'planning', 'confirmed', 'completed', 'cancelled', name='eventstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('starts_local', sa.DateTime(), nullable=False),
    sa.Column('ends_local', sa.DateTime(), nullable=False),
    sa.Column('zone', sa.Text(), nullable=False),
    sa.Column('headcount', sa.Integer(), nullable=False),
    sa.Column('place_name', sa.Text(), nullable=False),
    sa.Column('lat', sa.Float(), nullable=True),
    sa.Column('lon', sa.Float(), nullable=True),
    sa.Column('venue_name', sa.Text(), nullable=False),
    sa.Column('venue_address', sa.Text(), nullable=False),
    sa.Column('venue_lat', sa.Float(), nullable=True),
    sa.Column('venue_lon', sa.Float(), nullable=True),
    sa.Column('budget_cents', sa.Integer(), nullable=True),
    sa.Column('programme', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
    sa.Column('answer_by', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ical_uid', sa.Text(), nullable=False),
    sa.Column('sequence', sa.Integer(), nullable=False),
    sa.Column('times_sequence', sa.Integer(), nullable=False),
    sa.Column('invites_sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('budget_cents is null or budget_cents >= 0', name=op.f('ck_event_budget_cents')),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_event_times')),
    sa.CheckConstraint('headcount between 1 and 5000', name=op.f('ck_event_headcount')),
    sa.CheckConstraint('sequence >= 0', name=op.f('ck_event_sequence')),
    sa.ForeignKeyConstraint(['company_id'], ['organisation.id'], name=op.f('fk_event_company_id')),
    sa.ForeignKeyConstraint(['organiser_id'], ['user_account.id'], name=op.f('fk_event_organiser_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_event')),
    sa.UniqueConstraint('ical_uid', name=op.f('uq_event_ical_uid')),
    sa.UniqueConstraint('slug', name=op.f('uq_event_slug'))
    )
    op.create_index(op.f('ix_event_company_id_starts_at'), 'event', ['company_id', 'starts_at'], unique=False)
    op.create_table('membership',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('organisation_id', sa.BigInteger(), nullable=False),
    sa.Column('role', sa.Enum('organiser', 'approver', 'finance', 'seller', 'operator', name='role', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_membership_organisation_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_membership_user_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership')),
    sa.UniqueConstraint('user_id', 'organisation_id', name=op.f('uq_membership_user_id_organisation_id'))
    )
    op.create_index(op.f('ix_membership_organisation_id'), 'membership', ['organisation_id'], unique=False)
    op.create_table('provider',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Enum('registered', 'approved', 'suspended', name='providerstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('state_reason', sa.Text(), nullable=False),
    sa.Column('about', sa.Text(), nullable=False),
    sa.Column('vat_franchise', sa.Boolean(), nullable=False),
    sa.Column('resells_stays', sa.Boolean(), nullable=False),
    sa.Column('atout_france', sa.Text(), nullable=False),
    sa.Column('guarantor', sa.Text(), nullable=False),
    sa.Column('insurer', sa.Text(), nullable=False),
    sa.Column('commission_bps', sa.Integer(), nullable=False),
    sa.Column('gateway_account', sa.Text(), nullable=True),
    sa.Column('charges_enabled', sa.Boolean(), nullable=False),
    sa.Column('payouts_enabled', sa.Boolean(), nullable=False),
    sa.Column('answer_minutes', sa.Integer(), nullable=True),
    sa.Column('rating_hundredths', sa.Integer(), nullable=True),
    sa.Column('review_count', sa.Integer(), nullable=False),
    sa.CheckConstraint("not resells_stays or atout_france <> ''", name=op.f('ck_provider_atout_france')),
    sa.CheckConstraint('commission_bps between 0 and 10000', name=op.f('ck_provider_commission_bps')),
    sa.ForeignKeyConstraint(['id'], ['organisation.id'], name=op.f('fk_provider_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider')),
    sa.UniqueConstraint('gateway_account', name=op.f('uq_provider_gateway_account'))
    )
    op.create_table('attendee',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('removed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_attendee_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendee'))
    )
    op.create_index('uq_attendee_event_email', 'attendee', ['event_id', sa.literal_column('lower(email)')], unique=True)
    op.create_table('move',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Enum('proposed', 'agreed', 'declined', 'withdrawn', name='movestate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('starts_local', sa.DateTime(), nullable=False),
    sa.Column('ends_local', sa.DateTime(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_move_times')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_move_event_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_move'))
    )
    op.create_index(op.f('ix_move_event_id'), 'move', ['event_id'], unique=False)
    op.create_index('uq_move_open', 'move', ['event_id'], unique=True, postgresql_where="state = 'proposed'")
    op.create_table('need',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('must', sa.Boolean(), nullable=False),
    sa.Column('requirements', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
    sa.Column('notes', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_need_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_need'))
    )
    op.create_index(op.f('ix_need_event_id'), 'need', ['event_id'], unique=False)
    op.create_table('offer',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('provider_id', sa.BigInteger(), nullable=False),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('slug', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'published', 'paused', 'withdrawn', name='offerstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('published_version_id', sa.BigInteger(), nullable=True),
    sa.Column('rating_hundredths', sa.Integer(), nullable=True),
    sa.Column('review_count', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_offer_provider_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offer')),
    sa.UniqueConstraint('slug', name=op.f('uq_offer_slug'))
    )
    op.create_index(op.f('ix_offer_category'), 'offer', ['category'], unique=False)
    op.create_index(op.f('ix_offer_provider_id_state'), 'offer', ['provider_id', 'state'], unique=False)
    op.create_table('quote_counter',
    sa.Column('provider_id', sa.BigInteger(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_quote_counter_provider_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('provider_id', 'year', name=op.f('pk_quote_counter'))
    )
    op.create_table('blackout',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('offer_id', sa.BigInteger(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.CheckConstraint('last_day >= first_day', name=op.f('ck_blackout_days')),
    sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_blackout_offer_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_blackout'))
    )
    op.create_index(op.f('ix_blackout_offer_id_first_day'), 'blackout', ['offer_id', 'first_day'], unique=False)
    op.create_table('invitation',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('attendee_id', sa.BigInteger(), nullable=False),
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('token', sa.Text(), nullable=False),
    sa.Column('reply_token', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('queued', 'sent', 'bounced', 'cancelled', name='deliverystate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('answer', sa.Enum('needs_action', 'accepted', 'tentative', 'declined', name='answer', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_via', sa.Text(), nullable=False),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('sent_sequence', sa.Integer(), nullable=False),
    sa.Column('sent_stamp', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reply_stamp', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('sent_sequence >= 0', name=op.f('ck_invitation_sent_sequence')),
    sa.ForeignKeyConstraint(['attendee_id'], ['attendee.id'], name=op.f('fk_invitation_attendee_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_invitation_event_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_invitation')),
    sa.UniqueConstraint('attendee_id', name=op.f('uq_invitation_attendee_id')),
    sa.UniqueConstraint('reply_token', name=op.f('uq_invitation_reply_token')),
    sa.UniqueConstraint('token', name=op.f('uq_invitation_token'))
    )
    op.create_index(op.f('ix_invitation_event_id'), 'invitation', ['event_id'], unique=False)
    op.create_table('offer_version',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('offer_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('draft', 'in_review', 'published', 'rejected', 'superseded', name='versionstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('details', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
    sa.Column('place_name', sa.Text(), nullable=False),
    sa.Column('street', sa.Text(), nullable=False),
    sa.Column('postcode', sa.Text(), nullable=False),
    sa.Column('lat', sa.Float(), nullable=True),
    sa.Column('lon', sa.Float(), nullable=True),
    sa.Column('service_radius_km', sa.Integer(), nullable=True),
    sa.Column('capacity_min', sa.Integer(), nullable=False),
    sa.Column('capacity_max', sa.Integer(), nullable=False),
    sa.Column('duration_minutes', sa.Integer(), nullable=True),
    sa.Column('notice_days', sa.Integer(), nullable=False),
    sa.Column('languages', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
    sa.Column('price_rule', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
    sa.Column('terms', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
    sa.Column('review_note', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('submitted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('capacity_min >= 1 and capacity_max >= capacity_min', name=op.f('ck_offer_version_capacity')),
    sa.CheckConstraint('lat between -90 and 90 and lon between -180 and 180', name=op.f('ck_offer_version_position')),
    sa.CheckConstraint('notice_days between 0 and 730', name=op.f('ck_offer_version_notice_days')),
    sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_offer_version_offer_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offer_version')),
    sa.UniqueConstraint('offer_id', 'number', name=op.f('uq_offer_version_offer_id_number'))
    )
    op.create_table('opening_rule',
    sa.Column('offer_id', sa.BigInteger(), nullable=False),
    sa.Column('weekdays', postgresql.ARRAY(sa.SmallInteger()), nullable=False),
    sa.Column('opens', sa.Time(), nullable=False),
    sa.Column('closes', sa.Time(), nullable=False),
    sa.Column('zone', sa.Text(), nullable=False),
    sa.CheckConstraint('cardinality(weekdays) > 0', name=op.f('ck_opening_rule_weekdays')),
    sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_opening_rule_offer_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('offer_id', name=op.f('pk_opening_rule'))
    )
    op.create_table('pick',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('need_id', sa.BigInteger(), nullable=False),
    sa.Column('offer_id', sa.BigInteger(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_pick_need_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_pick_offer_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pick')),
    sa.UniqueConstraint('need_id', 'offer_id', name=op.f('uq_pick_need_id_offer_id'))
    )
    op.create_table('search_document',
    sa.Column('offer_id', sa.BigInteger(), nullable=False),
    sa.Column('version_id', sa.BigInteger(), nullable=False),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('words', postgresql.TSVECTOR(), nullable=False),
    sa.Column('lat', sa.Float(), nullable=True),
    sa.Column('lon', sa.Float(), nullable=True),
    sa.Column('service_radius_km', sa.Integer(), nullable=True),
    sa.Column('capacity_min', sa.Integer(), nullable=False),
    sa.Column('capacity_max', sa.Integer(), nullable=False),
    sa.Column('notice_days', sa.Integer(), nullable=False),
    sa.Column('weekdays', sa.Integer(), nullable=False),
    sa.Column('person_net_cents', sa.Integer(), nullable=False),
    sa.Column('person_gross_cents', sa.Integer(), nullable=False),
    sa.Column('group_net_cents', sa.Integer(), nullable=False),
    sa.Column('group_gross_cents', sa.Integer(), nullable=False),
    sa.Column('score', sa.Float(), nullable=False),
    sa.Column('sells', sa.Boolean(), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_search_document_offer_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('offer_id', name=op.f('pk_search_document'))
    )
    op.create_index('ix_search_document_browse', 'search_document', ['category', 'score'], unique=False)
    op.create_index('ix_search_document_position', 'search_document', ['lat', 'lon'], unique=False)
    op.create_index('ix_search_document_words', 'search_document', ['words'], unique=False, postgresql_using='gin')
    op.create_table('unit',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('offer_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_unit_offer_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit')),
    sa.UniqueConstraint('offer_id', 'position', name=op.f('uq_unit_offer_id_position'))
    )
    op.create_table('offer_photo',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('version_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('media_key', sa.Text(), nullable=False),
    sa.Column('alt', sa.Text(), nullable=False),
    sa.Column('width', sa.Integer(), nullable=False),
    sa.Column('height', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['offer_version.id'], name=op.f('fk_offer_photo_version_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offer_photo')),
    sa.UniqueConstraint('version_id', 'position', deferrable=True, initially='DEFERRED', name=op.f('uq_offer_photo_version_id_position'))
    )
    op.create_table('quote_request',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('need_id', sa.BigInteger(), nullable=False),
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('provider_id', sa.BigInteger(), nullable=False),
    sa.Column('offer_id', sa.BigInteger(), nullable=False),
    sa.Column('offer_version_id', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Enum('open', 'answered', 'declined', 'expired', 'withdrawn', name='requeststate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('headcount', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('zone', sa.Text(), nullable=False),
    sa.Column('requirements', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
    sa.Column('competitors', sa.Integer(), nullable=False),
    sa.Column('answer_by', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('decline_reason', sa.Text(), nullable=False),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_quote_request_times')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_quote_request_event_id')),
    sa.ForeignKeyConstraint(['need_id'], ['need.id'], name=op.f('fk_quote_request_need_id')),
    sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_quote_request_offer_id')),
    sa.ForeignKeyConstraint(['offer_version_id'], ['offer_version.id'], name=op.f('fk_quote_request_offer_version_id')),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_quote_request_provider_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quote_request')),
    sa.UniqueConstraint('need_id', 'offer_id', name=op.f('uq_quote_request_need_id_offer_id'))
    )
    op.create_index(op.f('ix_quote_request_event_id'), 'quote_request', ['event_id'], unique=False)
    op.create_index(op.f('ix_quote_request_provider_id_state_answer_by'), 'quote_request', ['provider_id', 'state', 'answer_by'], unique=False)
    op.create_table('reservation',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('unit_id', sa.BigInteger(), nullable=False),
    sa.Column('during', postgresql.TSTZRANGE(), nullable=False),
    sa.Column('state', sa.Enum('queued', 'active', 'booked', 'released', 'expired', name='reservationstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    postgresql.ExcludeConstraint((sa.text("int8range(unit_id, unit_id, '[]')"), '&&'), (sa.column('during'), '&&'), where=sa.text("state in ('active', 'booked')"), using='gist', name='ex_reservation_overlap'),
    sa.CheckConstraint("state <> 'booked' or expires_at is null", name=op.f('ck_reservation_booked_stays')),
    sa.CheckConstraint("state not in ('active', 'queued') or expires_at is not null", name=op.f('ck_reservation_hold_expires')),
    sa.CheckConstraint('not isempty(during) and not lower_inf(during) and not upper_inf(during)', name=op.f('ck_reservation_during')),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_reservation_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_reservation'))
    )
    op.create_index('ix_reservation_expiry', 'reservation', ['expires_at'], unique=False, postgresql_where=sa.text("state in ('active', 'queued')"))
    op.create_index('ix_reservation_unit_state', 'reservation', ['unit_id', 'state'], unique=False)
    op.create_table('quote',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('request_id', sa.BigInteger(), nullable=False),
    sa.Column('provider_id', sa.BigInteger(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('number', sa.Text(), nullable=True),
    sa.Column('state', sa.Enum('draft', 'sent', 'accepted', 'declined', 'expired', 'withdrawn', 'superseded', name='quotestate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('headcount', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('valid_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('terms', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
    sa.Column('vat_franchise', sa.Boolean(), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('net_cents', sa.Integer(), nullable=False),
    sa.Column('vat_cents', sa.Integer(), nullable=False),
    sa.Column('gross_cents', sa.Integer(), nullable=False),
    sa.Column('reservation_id', sa.BigInteger(), nullable=True),
    sa.Column('document_id', sa.BigInteger(), nullable=True),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state in ('draft', 'withdrawn') or document_id is not null", name=op.f('ck_quote_document')),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_quote_times')),
    sa.CheckConstraint('gross_cents = net_cents + vat_cents', name=op.f('ck_quote_sums')),
    sa.CheckConstraint('net_cents >= 0 and vat_cents >= 0', name=op.f('ck_quote_amounts')),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_quote_document_id')),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_quote_provider_id')),
    sa.ForeignKeyConstraint(['request_id'], ['quote_request.id'], name=op.f('fk_quote_request_id')),
    sa.ForeignKeyConstraint(['reservation_id'], ['reservation.id'], name=op.f('fk_quote_reservation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quote')),
    sa.UniqueConstraint('request_id', 'version', name=op.f('uq_quote_request_id_version'))
    )
    op.create_index(op.f('ix_quote_reservation_id'), 'quote', ['reservation_id'], unique=False)
    op.create_index(op.f('ix_quote_state_valid_until'), 'quote', ['state', 'valid_until'], unique=False)
    op.create_index('uq_quote_number', 'quote', ['provider_id', 'number'], unique=True)
    op.create_table('acceptance',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('quote_id', sa.BigInteger(), nullable=False),
    sa.Column('user_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('document_sha256', sa.Text(), nullable=False),
    sa.CheckConstraint('length(document_sha256) = 64', name=op.f('ck_acceptance_document_sha256')),
    sa.ForeignKeyConstraint(['quote_id'], ['quote.id'], name=op.f('fk_acceptance_quote_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user_account.id'], name=op.f('fk_acceptance_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_acceptance')),
    sa.UniqueConstraint('quote_id', name=op.f('uq_acceptance_quote_id'))
    )
    op.create_table('booking',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('event_id', sa.BigInteger(), nullable=False),
    sa.Column('quote_id', sa.BigInteger(), nullable=False),
    sa.Column('company_id', sa.BigInteger(), nullable=False),
    sa.Column('provider_id', sa.BigInteger(), nullable=False),
    sa.Column('reservation_id', sa.BigInteger(), nullable=False),
    sa.Column('state', sa.Enum('held', 'confirmed', 'completed', 'expired', 'cancelled', name='bookingstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('headcount', sa.Integer(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('net_cents', sa.Integer(), nullable=False),
    sa.Column('gross_cents', sa.Integer(), nullable=False),
    sa.Column('terms', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cancelled_by', sa.Text(), nullable=True),
    sa.Column('cancel_reason', sa.Text(), nullable=False),
    sa.Column('cancellation_fee_cents', sa.Integer(), nullable=True),
    sa.Column('company_ical_uid', sa.Text(), nullable=False),
    sa.Column('provider_ical_uid', sa.Text(), nullable=False),
    sa.Column('ical_sequence', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint("cancelled_by in ('company', 'provider') or cancelled_by is null", name=op.f('ck_booking_cancelled_by')),
    sa.CheckConstraint("state <> 'held' or expires_at is not null", name=op.f('ck_booking_held_expires')),
    sa.CheckConstraint('ends_at > starts_at', name=op.f('ck_booking_times')),
    sa.CheckConstraint('gross_cents >= 0 and net_cents >= 0', name=op.f('ck_booking_amounts')),
    sa.ForeignKeyConstraint(['company_id'], ['organisation.id'], name=op.f('fk_booking_company_id')),
    sa.ForeignKeyConstraint(['event_id'], ['event.id'], name=op.f('fk_booking_event_id')),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_booking_provider_id')),
    sa.ForeignKeyConstraint(['quote_id'], ['quote.id'], name=op.f('fk_booking_quote_id')),
    sa.ForeignKeyConstraint(['reservation_id'], ['reservation.id'], name=op.f('fk_booking_reservation_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booking')),
    sa.UniqueConstraint('company_ical_uid', name=op.f('uq_booking_company_ical_uid')),
    sa.UniqueConstraint('provider_ical_uid', name=op.f('uq_booking_provider_ical_uid')),
    sa.UniqueConstraint('quote_id', name=op.f('uq_booking_quote_id'))
    )
    op.create_index(op.f('ix_booking_company_id'), 'booking', ['company_id'], unique=False)
    op.create_index(op.f('ix_booking_event_id'), 'booking', ['event_id'], unique=False)
    op.create_index('ix_booking_expiry', 'booking', ['expires_at'], unique=False, postgresql_where="state = 'held'")
    op.create_index(op.f('ix_booking_provider_id_starts_at'), 'booking', ['provider_id', 'starts_at'], unique=False)
    op.create_table('quote_line',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('quote_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('basis', sa.Text(), nullable=False),
    sa.Column('group_size', sa.Integer(), nullable=True),
    sa.Column('minimum_headcount', sa.Integer(), nullable=False),
    sa.Column('quantity', sa.Integer(), nullable=False),
    sa.Column('unit_net_cents', sa.Integer(), nullable=False),
    sa.Column('vat_category', sa.Text(), nullable=False),
    sa.Column('vat_bps', sa.Integer(), nullable=False),
    sa.Column('optional', sa.Boolean(), nullable=False),
    sa.Column('parts', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
    sa.Column('covers', postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
    sa.CheckConstraint("basis in ('person', 'group')", name=op.f('ck_quote_line_basis')),
    sa.CheckConstraint('minimum_headcount >= 1', name=op.f('ck_quote_line_minimum_headcount')),
    sa.CheckConstraint('quantity >= 1', name=op.f('ck_quote_line_quantity')),
    sa.CheckConstraint('vat_bps between 0 and 10000', name=op.f('ck_quote_line_vat_bps')),
    sa.ForeignKeyConstraint(['quote_id'], ['quote.id'], name=op.f('fk_quote_line_quote_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_quote_line')),
    sa.UniqueConstraint('quote_id', 'position', name=op.f('uq_quote_line_quote_id_position'))
    )
    op.create_table('instalment',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('booking_id', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Enum('deposit', 'balance', 'full', name='instalmentkind', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('due_on', sa.Date(), nullable=False),
    sa.Column('amount_cents', sa.Integer(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('scheduled', 'due', 'overdue', 'paid', 'cancelled', name='instalmentstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('paid_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('amount_cents > 0', name=op.f('ck_instalment_amount_cents')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_instalment_booking_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_instalment')),
    sa.UniqueConstraint('booking_id', 'position', name=op.f('uq_instalment_booking_id_position'))
    )
    op.create_index(op.f('ix_instalment_state_due_on'), 'instalment', ['state', 'due_on'], unique=False)
    op.create_table('ledger_entry',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('posting', sa.Text(), nullable=False),
    sa.Column('account', sa.Text(), nullable=False),
    sa.Column('amount_cents', sa.Integer(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('booking_id', sa.BigInteger(), nullable=False),
    sa.Column('gateway_object', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount_cents <> 0', name=op.f('ck_ledger_entry_amount_cents')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_ledger_entry_booking_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ledger_entry')),
    sa.UniqueConstraint('gateway_object', 'account', 'posting', name=op.f('uq_ledger_entry_gateway_object_account_posting'))
    )
    op.create_index(op.f('ix_ledger_entry_booking_id'), 'ledger_entry', ['booking_id'], unique=False)
    op.create_index(op.f('ix_ledger_entry_posting'), 'ledger_entry', ['posting'], unique=False)
    op.create_table('move_answer',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('move_id', sa.BigInteger(), nullable=False),
    sa.Column('booking_id', sa.BigInteger(), nullable=False),
    sa.Column('agreed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('declined_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_move_answer_booking_id')),
    sa.ForeignKeyConstraint(['move_id'], ['move.id'], name=op.f('fk_move_answer_move_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_move_answer')),
    sa.UniqueConstraint('move_id', 'booking_id', name=op.f('uq_move_answer_move_id_booking_id'))
    )
    op.create_index(op.f('ix_move_answer_booking_id'), 'move_answer', ['booking_id'], unique=False)
    op.create_table('review',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('offer_id', sa.BigInteger(), nullable=False),
    sa.Column('booking_id', sa.BigInteger(), nullable=True),
    sa.Column('demonstration', sa.Boolean(), nullable=False),
    sa.Column('author', sa.Text(), nullable=False),
    sa.Column('stars', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('booking_id is not null or demonstration', name=op.f('ck_review_verified')),
    sa.CheckConstraint('stars between 1 and 5', name=op.f('ck_review_stars')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_review_booking_id')),
    sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_review_offer_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_review')),
    sa.UniqueConstraint('booking_id', name=op.f('uq_review_booking_id'))
    )
    op.create_index(op.f('ix_review_offer_id_created_at'), 'review', ['offer_id', 'created_at'], unique=False)
    op.create_table('payment_attempt',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('instalment_id', sa.BigInteger(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('idempotency_key', sa.Text(), nullable=False),
    sa.Column('amount_cents', sa.Integer(), nullable=False),
    sa.Column('fee_cents', sa.Integer(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('created', 'processing', 'succeeded', 'failed', 'cancelled', 'partially_funded', 'disputed', 'lost', name='attemptstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('gateway_session', sa.Text(), nullable=True),
    sa.Column('gateway_payment', sa.Text(), nullable=True),
    sa.Column('gateway_charge', sa.Text(), nullable=True),
    sa.Column('checkout_url', sa.Text(), nullable=False),
    sa.Column('failure_code', sa.Text(), nullable=False),
    sa.Column('failure_message', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('amount_cents > 0', name=op.f('ck_payment_attempt_amount_cents')),
    sa.ForeignKeyConstraint(['instalment_id'], ['instalment.id'], name=op.f('fk_payment_attempt_instalment_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_payment_attempt')),
    sa.UniqueConstraint('gateway_charge', name=op.f('uq_payment_attempt_gateway_charge')),
    sa.UniqueConstraint('gateway_payment', name=op.f('uq_payment_attempt_gateway_payment')),
    sa.UniqueConstraint('gateway_session', name=op.f('uq_payment_attempt_gateway_session')),
    sa.UniqueConstraint('idempotency_key', name=op.f('uq_payment_attempt_idempotency_key')),
    sa.UniqueConstraint('instalment_id', 'number', name=op.f('uq_payment_attempt_instalment_id_number'))
    )
    op.create_index('ix_payment_attempt_open', 'payment_attempt', ['created_at'], unique=False, postgresql_where="state in ('created', 'processing')")
    op.create_table('refund',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('booking_id', sa.BigInteger(), nullable=False),
    sa.Column('attempt_id', sa.BigInteger(), nullable=False),
    sa.Column('amount_cents', sa.Integer(), nullable=False),
    sa.Column('currency', sa.Text(), nullable=False),
    sa.Column('state', sa.Enum('owed', 'requested', 'succeeded', 'failed', name='refundstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('idempotency_key', sa.Text(), nullable=False),
    sa.Column('gateway_refund', sa.Text(), nullable=True),
    sa.Column('failure_message', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('settled_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('amount_cents > 0', name=op.f('ck_refund_amount_cents')),
    sa.ForeignKeyConstraint(['attempt_id'], ['payment_attempt.id'], name=op.f('fk_refund_attempt_id')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_refund_booking_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_refund')),
    sa.UniqueConstraint('gateway_refund', name=op.f('uq_refund_gateway_refund')),
    sa.UniqueConstraint('idempotency_key', name=op.f('uq_refund_idempotency_key'))
    )
    op.create_index(op.f('ix_refund_attempt_id'), 'refund', ['attempt_id'], unique=False)
    op.create_index(op.f('ix_refund_booking_id'), 'refund', ['booking_id'], unique=False)
    op.create_index('ix_refund_open', 'refund', ['id'], unique=False, postgresql_where="state in ('owed', 'requested', 'failed')")
    op.create_foreign_key(
        'fk_offer_published_version_id', 'offer', 'offer_version', ['published_version_id'], ['id'],
        initially='DEFERRED', deferrable=True,
    )


def downgrade() -> None:
    op.drop_constraint('fk_offer_published_version_id', 'offer', type_='foreignkey')
    op.drop_index('ix_refund_open', table_name='refund', postgresql_where="state in ('owed', 'requested', 'failed')")
    op.drop_index(op.f('ix_refund_booking_id'), table_name='refund')
    op.drop_index(op.f('ix_refund_attempt_id'), table_name='refund')
    op.drop_table('refund')
    op.drop_index('ix_payment_attempt_open', table_name='payment_attempt', postgresql_where="state in ('created', 'processing')")
    op.drop_table('payment_attempt')
    op.drop_index(op.f('ix_review_offer_id_created_at'), table_name='review')
    op.drop_table('review')
    op.drop_index(op.f('ix_move_answer_booking_id'), table_name='move_answer')
    op.drop_table('move_answer')
    op.drop_index(op.f('ix_ledger_entry_posting'), table_name='ledger_entry')
    op.drop_index(op.f('ix_ledger_entry_booking_id'), table_name='ledger_entry')
    op.drop_table('ledger_entry')
    op.drop_index(op.f('ix_instalment_state_due_on'), table_name='instalment')
    op.drop_table('instalment')
    op.drop_table('quote_line')
    op.drop_index(op.f('ix_booking_provider_id_starts_at'), table_name='booking')
    op.drop_index('ix_booking_expiry', table_name='booking', postgresql_where="state = 'held'")
    op.drop_index(op.f('ix_booking_event_id'), table_name='booking')
    op.drop_index(op.f('ix_booking_company_id'), table_name='booking')
    op.drop_table('booking')
    op.drop_table('acceptance')
    op.drop_index('uq_quote_number', table_name='quote')
    op.drop_index(op.f('ix_quote_state_valid_until'), table_name='quote')
    op.drop_index(op.f('ix_quote_reservation_id'), table_name='quote')
    op.drop_table('quote')
    op.drop_index('ix_reservation_unit_state', table_name='reservation')
    op.drop_index('ix_reservation_expiry', table_name='reservation', postgresql_where=sa.text("state in ('active', 'queued')"))
    op.drop_table('reservation')
    op.drop_index(op.f('ix_quote_request_provider_id_state_answer_by'), table_name='quote_request')
    op.drop_index(op.f('ix_quote_request_event_id'), table_name='quote_request')
    op.drop_table('quote_request')
    op.drop_table('offer_photo')
    op.drop_table('unit')
    op.drop_index('ix_search_document_words', table_name='search_document', postgresql_using='gin')
    op.drop_index('ix_search_document_position', table_name='search_document')
    op.drop_index('ix_search_document_browse', table_name='search_document')
    op.drop_table('search_document')
    op.drop_table('pick')
    op.drop_table('opening_rule')
    op.drop_table('offer_version')
    op.drop_index(op.f('ix_invitation_event_id'), table_name='invitation')
    op.drop_table('invitation')
    op.drop_index(op.f('ix_blackout_offer_id_first_day'), table_name='blackout')
    op.drop_table('blackout')
    op.drop_table('quote_counter')
    op.drop_index(op.f('ix_offer_provider_id_state'), table_name='offer')
    op.drop_index(op.f('ix_offer_category'), table_name='offer')
    op.drop_table('offer')
    op.drop_index(op.f('ix_need_event_id'), table_name='need')
    op.drop_table('need')
    op.drop_index('uq_move_open', table_name='move', postgresql_where="state = 'proposed'")
    op.drop_index(op.f('ix_move_event_id'), table_name='move')
    op.drop_table('move')
    op.drop_index('uq_attendee_event_email', table_name='attendee')
    op.drop_table('attendee')
    op.drop_table('provider')
    op.drop_index(op.f('ix_membership_organisation_id'), table_name='membership')
    op.drop_table('membership')
    op.drop_index(op.f('ix_event_company_id_starts_at'), table_name='event')
    op.drop_table('event')
    op.drop_table('webhook_event')
    op.drop_index('uq_user_account_email_lower', table_name='user_account')
    op.drop_table('user_account')
    op.drop_index('ix_outgoing_mail_topic', table_name='outgoing_mail', postgresql_where='topic is not null')
    op.drop_index('ix_outgoing_mail_failed', table_name='outgoing_mail', postgresql_where="state = 'failed'")
    op.drop_index('ix_outgoing_mail_due', table_name='outgoing_mail', postgresql_where="state = 'queued'")
    op.drop_index('ix_outgoing_mail_claimed', table_name='outgoing_mail', postgresql_where="state = 'claimed'")
    op.drop_table('outgoing_mail')
    op.drop_index('ix_outbox_failed', table_name='outbox', postgresql_where="state = 'failed'")
    op.drop_index('ix_outbox_due', table_name='outbox', postgresql_where="state = 'pending'")
    op.drop_index('ix_outbox_claimed', table_name='outbox', postgresql_where="state = 'claimed'")
    op.drop_table('outbox')
    op.drop_table('organisation')
    op.drop_index(op.f('ix_document_sha256'), table_name='document')
    op.drop_table('document')
    op.drop_index(op.f('ix_audit_entry_entity_entity_id'), table_name='audit_entry')
    op.drop_table('audit_entry')
