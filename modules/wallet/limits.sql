-- name: open_counters
-- Counters that are not there yet, so that there is a row to lock.
insert into limit_counter (institution_id, mandate_id, period)
select $1, c.mandate_id, c.period
from unnest($2::text[], $3::text[]) as c (mandate_id, period)
order by c.mandate_id, c.period
on conflict (institution_id, mandate_id, period) do nothing

-- name: lock_counters
-- Locks the counters of a batch in key order.
select mandate_id, period, used_minor, used_count, no_pin_minor, offline_minor
from limit_counter
where institution_id = $1 and mandate_id = any ($2::text[]) and period = any ($3::text[])
order by mandate_id, period
for no key update

-- name: use_limits
-- One update per counter of a batch, whose rows the batch has locked before.
update limit_counter l
set used_minor = l.used_minor + u.used_minor, used_count = l.used_count + u.used_count,
  no_pin_minor = l.no_pin_minor + u.no_pin_minor, offline_minor = l.offline_minor + u.offline_minor
from unnest($2::text[], $3::text[], $4::bigint[], $5::int[], $6::bigint[], $7::bigint[])
  as u (mandate_id, period, used_minor, used_count, no_pin_minor, offline_minor)
where l.institution_id = $1 and l.mandate_id = u.mandate_id and l.period = u.period

-- name: read_used
-- What a mandate has used in the given periods, for showing.
select period, used_minor, used_count, no_pin_minor, offline_minor
from limit_counter
where institution_id = $1 and mandate_id = $2 and period = any ($3::text[])
