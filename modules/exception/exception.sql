-- name: open
-- Opens exceptions; one about the same trouble of the same subject stays as it is. Answers the new.
insert into exception (institution_id, id, kind, subject_id, payment_id, amount_minor, currency, detail, opened_at)
select $1, e.id, e.kind, e.subject_id, e.payment_id, e.amount_minor, e.currency, e.detail, e.opened_at
from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::json[], $9::timestamptz[])
  as e (id, kind, subject_id, payment_id, amount_minor, currency, detail, opened_at)
order by e.kind, e.subject_id
on conflict (institution_id, kind, subject_id) do nothing
returning id

-- name: resolve
-- What was done about exception $2; the where clause is the guard, so that it is done once.
update exception
set state = 'resolved', resolved_at = $3, resolved_by = $4, action = $5, note = $6
where institution_id = $1 and id = $2 and state = 'open'
returning *

-- name: settle
-- Resolves the open exceptions of these kinds about these subjects. Answers those that it resolved.
update exception e
set state = 'resolved', resolved_at = $6, resolved_by = $5, action = s.action
from unnest($2::text[], $3::text[], $4::text[]) as s (kind, subject_id, action)
where e.institution_id = $1 and e.kind = s.kind and e.subject_id = s.subject_id and e.state = 'open'
returning e.*

-- name: read
select *
from exception
where institution_id = $1 and id = $2

-- name: read_page
-- A page of all exceptions, the newest first, older than $2.
select *
from exception
where institution_id = $1 and id < $2
order by id desc
limit $3

-- name: read_in_state
-- A page of the exceptions in state $2, the newest first, older than $3.
select *
from exception
where institution_id = $1 and state = $2 and id < $3
order by id desc
limit $4

-- name: count_open
-- How many wait for a person, and since when the oldest does.
select kind, count(*) as count, min(opened_at) as oldest_at
from exception
where institution_id = $1 and state = 'open'
group by kind
order by kind
