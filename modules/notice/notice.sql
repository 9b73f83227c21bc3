-- name: put
-- Writes notices into their inboxes; one that is there already stays as it is. Answers the new.
insert into notice (institution_id, recipient_id, id, kind, payment_id, amount_minor, currency, merchant_name,
  occurred_at)
select $1, n.recipient_id, n.id, n.kind, n.payment_id, n.amount_minor, n.currency, n.merchant_name, n.occurred_at
from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[],
  $9::timestamptz[])
  as n (recipient_id, id, kind, payment_id, amount_minor, currency, merchant_name, occurred_at)
order by n.recipient_id, n.id
on conflict (institution_id, recipient_id, id) do nothing
returning id

-- name: read_inbox
-- A page of the inbox of $2, the newest first, older than $3.
select id, kind, payment_id, amount_minor, currency, merchant_name, occurred_at, read_at
from notice
where institution_id = $1 and recipient_id = $2 and id < $3
order by id desc
limit $4

-- name: mark_read
-- $2 has read notice $3; the first time counts.
update notice
set read_at = coalesce(read_at, $4)
where institution_id = $1 and recipient_id = $2 and id = $3
returning id

-- name: mark_older_read
-- $2 has read all that is older than notice $3.
update notice
set read_at = $4
where institution_id = $1 and recipient_id = $2 and id < $3 and read_at is null
