-- name: insert_rule
-- Adds rule $2; the same id again, by a rerun, changes nothing.
insert into route_rule (institution_id, id, kind, merchant_id, name, name_en, currency, terms, valid_from,
  valid_until, created_by, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict (institution_id, id) do nothing
returning id

-- name: end_rule
-- Ends rule $2 at $3, or before it begins. One that has ended stays as it is.
update route_rule
set valid_until = greatest(valid_from, $3)
where institution_id = $1 and id = $2 and (valid_until is null or valid_until > $3)
returning id

-- name: bump_version
-- Tells every process that its copy of the institution's rules is old.
insert into route_version (institution_id, version)
values ($1, 1)
on conflict (institution_id) do update set version = route_version.version + 1

-- name: read_version
select version
from route_version
where institution_id = $1

-- name: read_rule
select id, kind, merchant_id, name, name_en, currency, terms::text as terms, valid_from, valid_until,
  created_by, created_at
from route_rule
where institution_id = $1 and id = $2

-- name: read_rules
-- A page of rules, the newest first, older than $2; of kind $3 unless that is null.
select id, kind, merchant_id, name, name_en, currency, terms::text as terms, valid_from, valid_until,
  created_by, created_at
from route_rule
where institution_id = $1 and id < $2 and ($3::text is null or kind = $3)
order by id desc
limit $4

-- name: read_rules_of_merchant
-- The same, of merchant $5 only.
select id, kind, merchant_id, name, name_en, currency, terms::text as terms, valid_from, valid_until,
  created_by, created_at
from route_rule
where institution_id = $1 and merchant_id = $5 and id < $2 and ($3::text is null or kind = $3)
order by id desc
limit $4

-- name: read_rules_not_ended
-- What a process holds: the rules that hold at $2 or will.
select id, kind, merchant_id, name, name_en, currency, terms::text as terms, valid_from, valid_until,
  created_by, created_at
from route_rule
where institution_id = $1 and (valid_until is null or valid_until > $2)
order by id

-- name: open_quotas
-- Counters that are not there yet, so that there is a row to lock.
insert into quota_counter (institution_id, subject, period)
select $1, q.subject, q.period
from unnest($2::text[], $3::text[]) as q (subject, period)
order by q.subject, q.period
on conflict (institution_id, subject, period) do nothing

-- name: lock_quotas
-- Locks the counters of a batch in key order.
select subject, period, used_minor
from quota_counter
where institution_id = $1 and subject = any ($2::text[]) and period = any ($3::text[])
order by subject, period
for no key update

-- name: read_quotas
-- What was used by the last commit, without a lock: for deciding first and for showing.
select subject, period, used_minor
from quota_counter
where institution_id = $1 and subject = any ($2::text[]) and period = any ($3::text[])

-- name: write_quotas
-- One update per counter of a batch, whose rows the batch has locked before.
update quota_counter q
set used_minor = q.used_minor + u.used_minor
from unnest($2::text[], $3::text[], $4::bigint[]) as u (subject, period, used_minor)
where q.institution_id = $1 and q.subject = u.subject and q.period = u.period
