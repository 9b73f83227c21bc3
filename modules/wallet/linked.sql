-- name: start_link
-- A payer sets out to link an account; the same id again changes nothing.
insert into source_link (institution_id, id, payer_id, channel_account_id, return_url, started_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (institution_id, id) do nothing

-- name: read_link
-- One attempt of payer $3, and the source that came of it.
select l.id, l.payer_id, l.channel_account_id, l.state, l.problem, l.return_url, l.started_at, l.finished_at,
  s.kind, s.label, s.last4
from source_link l
left join source s on s.institution_id = l.institution_id and s.id = l.id
where l.institution_id = $1 and l.id = $2 and l.payer_id = $3

-- name: read_links
-- A page of a payer's attempts, the newest first, older than $3.
select l.id, l.payer_id, l.channel_account_id, l.state, l.problem, l.return_url, l.started_at, l.finished_at,
  s.kind, s.label, s.last4
from source_link l
left join source s on s.institution_id = l.institution_id and s.id = l.id
where l.institution_id = $1 and l.payer_id = $2 and l.id < $3
order by l.id desc
limit $4

-- name: find_link
-- Whose attempt it is that channel account $3 speaks of.
select payer_id
from source_link
where institution_id = $1 and id = $2 and channel_account_id = $3

-- name: lock_link
select state, channel_account_id
from source_link
where institution_id = $1 and id = $2 and payer_id = $3
for no key update

-- name: finish_link
update source_link
set state = $3, problem = $4, finished_at = $5
where institution_id = $1 and id = $2
