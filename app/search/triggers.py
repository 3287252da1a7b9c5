"""SQL functions and triggers: when units are taken, and the counts, right in the transaction that changes them.

Whoever writes reservations, units or imported times needs to know nothing of the search. What takes a unit's time is
said in `app/availability/busy.py`, and here once more: `search_taken` and `search_has_unit`; a test compares them.
`ensemble.bulk` = 'on' in a transaction leaves the triggers out, for who writes all that is derived as well.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import DDL

TAKEN: Final = """
create function search_taken(ids bigint[]) returns void language sql as $$
  update search_document d set taken = case
    when exists (select from unit u where u.offer_id = d.offer_id and u.active) then (
      select range_agg(tstzrange(
        lower(t.during) - make_interval(mins => u.after_minutes),
        upper(t.during) + make_interval(mins => u.before_minutes)))
      from unit u cross join lateral (
        select s.during from reservation s
          where s.unit_id = u.id and s.state in ('booked', 'active', 'queued')
        union all
        select unnest(b.during) from imported_busy b
          where b.offer_id = u.offer_id and (b.unit_id is null or b.unit_id = u.id)
      ) t
      where u.offer_id = d.offer_id and u.active and upper(t.during) > now() - interval '4 days')
    else '{(,)}'::tstzmultirange end
  where d.offer_id = any(ids)
$$"""

HAS_UNIT: Final = """
create function search_has_unit(offer bigint, wanted tstzrange, moment timestamptz) returns boolean
language plpgsql stable cost 5000 as $$
begin
  return exists (
    select from unit u, lateral (
      select tstzrange(lower(wanted) - make_interval(mins => u.before_minutes),
        upper(wanted) + make_interval(mins => u.after_minutes)) as during) w
    where u.offer_id = offer and u.active
    and not exists (
      select from reservation r
      where r.unit_id = u.id and r.during && w.during and upper(r.during) > lower(w.during)
      and (r.state = 'booked' or r.state in ('active', 'queued') and r.expires_at > moment
        and (r.state = 'active' or not exists (
          select from reservation f where f.unit_id = r.unit_id and f.during && r.during
          and (f.state = 'booked' or f.state = 'active' and f.expires_at > moment)))))
    and not exists (
      select from imported_busy b where b.offer_id = u.offer_id and (b.unit_id is null or b.unit_id = u.id)
      and b.during && w.during));
end $$"""

PRICE: Final = """
create function search_price(ladder integer[], people integer, place integer) returns double precision
language plpgsql immutable as $$
begin
  for step in reverse cardinality(ladder) - 4 .. 1 by 5 loop
    if ladder[step] <= people then
      return ladder[step + place]::double precision * people + ladder[step + place + 2];
    end if;
  end loop;
  return null;
end $$"""

OF_OFFERS: Final = """
create function search_taken_of_offers() returns trigger language plpgsql as $$
begin
  perform search_taken(array(select distinct offer_id from changed order by 1));
  return null;
end $$"""

OF_UNITS: Final = """
create function search_taken_of_units() returns trigger language plpgsql as $$
begin
  perform search_taken(
    array(select distinct u.offer_id from changed c join unit u on u.id = c.unit_id order by 1));
  return null;
end $$"""

COUNT: Final = """
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
end $$"""

OUTSIDE: Final = "alter table search_document alter column words set storage external"

BULK: Final = "when (current_setting('ensemble.bulk', true) is distinct from 'on')"


def _on(table: str, function: str) -> tuple[str, ...]:
    """Statement triggers of one table: a transition table belongs to one kind of event."""
    kinds = (("insert", "new"), ("update", "new"), ("delete", "old"))
    return tuple(
        f"create trigger search_{table}_{kind} after {kind} on {table} referencing {side} table as changed"
        f" for each statement {BULK} execute function {function}()"
        for kind, side in kinds
    )


COUNTS: Final = (
    f"create trigger search_count_insert after insert on search_document referencing new table as come"
    f" for each statement {BULK} execute function search_count()",
    f"create trigger search_count_update after update on search_document referencing old table as gone"
    f" new table as come for each statement {BULK} execute function search_count()",
    f"create trigger search_count_delete after delete on search_document referencing old table as gone"
    f" for each statement {BULK} execute function search_count()",
)

CREATE: Final = (
    OUTSIDE,
    TAKEN,
    HAS_UNIT,
    PRICE,
    OF_OFFERS,
    OF_UNITS,
    COUNT,
    *_on("unit", "search_taken_of_offers"),
    *_on("reservation", "search_taken_of_units"),
    *_on("imported_busy", "search_taken_of_offers"),
    *COUNTS,
)


def ddl(statement: str) -> DDL:
    """A statement for `after_create`; its per cent signs are its own."""
    return DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
