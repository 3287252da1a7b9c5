"""the narrow search document: words and tokens, times and counts kept by triggers, dictionary

Everything in these tables is derived: run `flask search reindex` after the upgrade (the embedded mode does).

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

CREATE = (
    """
    CREATE TABLE search_document (
        offer_id BIGINT NOT NULL,
        version_id BIGINT NOT NULL,
        score FLOAT NOT NULL,
        lat FLOAT,
        lon FLOAT,
        tags BIGINT NOT NULL,
        covers BIGINT NOT NULL,
        updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
        person_net_cents INTEGER NOT NULL,
        person_gross_cents INTEGER NOT NULL,
        group_net_cents INTEGER NOT NULL,
        group_gross_cents INTEGER NOT NULL,
        capacity_min INTEGER NOT NULL,
        capacity_max INTEGER NOT NULL,
        service_radius_km INTEGER,
        duration_minutes INTEGER,
        answer_minutes INTEGER,
        rating_hundredths SMALLINT,
        notice_days SMALLINT NOT NULL,
        horizon_days SMALLINT,
        weekdays SMALLINT NOT NULL,
        opens SMALLINT,
        closes SMALLINT,
        sells BOOLEAN NOT NULL,
        category TEXT NOT NULL,
        zone TEXT,
        ladder INTEGER[],
        closed DATEMULTIRANGE,
        taken TSTZMULTIRANGE,
        head TSVECTOR NOT NULL,
        words TSVECTOR NOT NULL,
        CONSTRAINT pk_search_document PRIMARY KEY (offer_id),
        CONSTRAINT fk_search_document_offer_id FOREIGN KEY(offer_id) REFERENCES offer (id) ON DELETE CASCADE
    )
     WITH (fillfactor = 85, toast_tuple_target = 640)
    """,
    """
    CREATE INDEX ix_search_document_browse ON search_document (category, score desc, offer_id)
    """,
    """
    CREATE INDEX ix_search_document_score ON search_document (score desc, offer_id)
    """,
    """
    CREATE INDEX ix_search_document_words ON search_document USING gin (words) WITH (fastupdate = off)
    """,
    """
    CREATE TABLE search_facet (
        id BIGSERIAL NOT NULL,
        category TEXT NOT NULL,
        tags BIGINT NOT NULL,
        documents INTEGER NOT NULL,
        CONSTRAINT pk_search_facet PRIMARY KEY (id)
    )
    """,
    """
    CREATE INDEX ix_search_facet_category ON search_facet (category)
    """,
    """
    CREATE TABLE search_word (
        word TEXT COLLATE "C" NOT NULL,
        lexeme TEXT COLLATE "C" NOT NULL,
        written TEXT NOT NULL,
        offers INTEGER NOT NULL,
        CONSTRAINT pk_search_word PRIMARY KEY (word)
    )
    """,
    """
    CREATE INDEX ix_search_word_lexeme ON search_word (lexeme)
    """,
    """
    CREATE TABLE search_typo (
        key TEXT COLLATE "C" NOT NULL,
        word TEXT COLLATE "C" NOT NULL,
        CONSTRAINT pk_search_typo PRIMARY KEY (key, word),
        CONSTRAINT fk_search_typo_word FOREIGN KEY(word) REFERENCES search_word (word) ON DELETE CASCADE
    )
    """,
    """
    CREATE INDEX ix_search_typo_word ON search_typo (word)
    """,
    """
    alter table search_document alter column words set storage external
    """,
    """\
create function search_taken(ids bigint[]) returns void language sql as $$
  update search_document d set taken = case
    when exists (select from unit u where u.offer_id = d.offer_id and u.active) then (
      select range_agg(tstzrange(
        lower(s.during) - make_interval(mins => u.after_minutes),
        upper(s.during) + make_interval(mins => u.before_minutes)))
      from unit u join reservation s on s.unit_id = u.id
      where u.offer_id = d.offer_id and u.active and s.state in ('booked', 'active', 'queued')
        and upper(s.during) > now() - interval '4 days')
    else '{(,)}'::tstzmultirange end
  where d.offer_id = any(ids)
$$""",
    """\
create function search_taken_of_offers() returns trigger language plpgsql as $$
begin
  perform search_taken(array(select distinct offer_id from changed order by 1));
  return null;
end $$""",
    """\
create function search_taken_of_units() returns trigger language plpgsql as $$
begin
  perform search_taken(
    array(select distinct u.offer_id from changed c join unit u on u.id = c.unit_id order by 1));
  return null;
end $$""",
    """\
create function search_count() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into search_facet (category, tags, documents) select category, tags, count(*) from come group by 1, 2;
  elsif tg_op = 'DELETE' then
    insert into search_facet (category, tags, documents) select category, tags, -count(*) from gone group by 1, 2;
  else
    insert into search_facet (category, tags, documents)
      select category, tags, sum(number) from (
        select category, tags, 1 as number from come union all select category, tags, -1 from gone
      ) changes group by 1, 2 having sum(number) <> 0;
  end if;
  return null;
end $$""",
    """
    create trigger search_unit_insert after insert on unit referencing new table as changed for each statement when (current_setting('ensemble.bulk', true) is distinct from 'on') execute function search_taken_of_offers()
    """,
    """
    create trigger search_unit_update after update on unit referencing new table as changed for each statement when (current_setting('ensemble.bulk', true) is distinct from 'on') execute function search_taken_of_offers()
    """,
    """
    create trigger search_unit_delete after delete on unit referencing old table as changed for each statement when (current_setting('ensemble.bulk', true) is distinct from 'on') execute function search_taken_of_offers()
    """,
    """
    create trigger search_reservation_insert after insert on reservation referencing new table as changed for each statement when (current_setting('ensemble.bulk', true) is distinct from 'on') execute function search_taken_of_units()
    """,
    """
    create trigger search_reservation_update after update on reservation referencing new table as changed for each statement when (current_setting('ensemble.bulk', true) is distinct from 'on') execute function search_taken_of_units()
    """,
    """
    create trigger search_reservation_delete after delete on reservation referencing old table as changed for each statement when (current_setting('ensemble.bulk', true) is distinct from 'on') execute function search_taken_of_units()
    """,
    """
    create trigger search_count_insert after insert on search_document referencing new table as come for each statement when (current_setting('ensemble.bulk', true) is distinct from 'on') execute function search_count()
    """,
    """
    create trigger search_count_update after update on search_document referencing old table as gone new table as come for each statement when (current_setting('ensemble.bulk', true) is distinct from 'on') execute function search_count()
    """,
    """
    create trigger search_count_delete after delete on search_document referencing old table as gone for each statement when (current_setting('ensemble.bulk', true) is distinct from 'on') execute function search_count()
    """,
)
DROP = (
    "drop trigger if exists search_unit_insert on unit",
    "drop trigger if exists search_unit_update on unit",
    "drop trigger if exists search_unit_delete on unit",
    "drop trigger if exists search_reservation_insert on reservation",
    "drop trigger if exists search_reservation_update on reservation",
    "drop trigger if exists search_reservation_delete on reservation",
    "drop trigger if exists search_count_insert on search_document",
    "drop trigger if exists search_count_update on search_document",
    "drop trigger if exists search_count_delete on search_document",
    "drop function if exists search_taken_of_offers()",
    "drop function if exists search_taken_of_units()",
    "drop function if exists search_taken(bigint[])",
    "drop table if exists search_typo, search_word, search_facet, search_document cascade",
    "drop function if exists search_count()",
)
BEFORE = (
    """
    create table search_document (
        offer_id bigint not null constraint pk_search_document primary key
            constraint fk_search_document_offer_id references offer (id) on delete cascade,
        version_id bigint not null, category text not null, words tsvector not null, lat double precision,
        lon double precision, service_radius_km integer, capacity_min integer not null, capacity_max integer not null,
        notice_days integer not null, weekdays integer not null, person_net_cents integer not null,
        person_gross_cents integer not null, group_net_cents integer not null, group_gross_cents integer not null,
        score double precision not null, sells boolean not null, updated_at timestamptz not null)
    """,
    "create index ix_search_document_words on search_document using gin (words)",
    "create index ix_search_document_browse on search_document (category, score)",
    "create index ix_search_document_position on search_document (lat, lon)",
)


def upgrade() -> None:
    op.execute("drop table search_document")
    for statement in CREATE:
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))


def downgrade() -> None:
    for statement in (*DROP, *BEFORE):
        op.execute(statement)
