-- name: read_issuing
-- What a payer's next code will stand for: the named source, or the chosen one.
select wanted.payer_id, wanted.source_id as wanted_source_id, p.state as payer_state, p.mandate_id, p.current_code_hash,
  p.is_auto and wanted.source_id is null as is_auto, s.id as source_id, s.label as source_label
from unnest($2::text[], $3::text[]) as wanted (payer_id, source_id)
join payer p on p.institution_id = $1 and p.id = wanted.payer_id
left join source s on s.institution_id = $1 and s.id = coalesce(wanted.source_id, p.chosen_source_id)
  and s.payer_id = p.id and s.state = 'active'

-- name: insert_codes
insert into payment_code (institution_id, code_hash, payer_id, source_id, mandate_id, kind, masked, issued_at, expires_at,
  is_auto, max_amount_minor)
select $1, c.code_hash, c.payer_id, c.source_id, c.mandate_id, 'purchase', c.masked, $7, c.expires_at, c.is_auto,
  c.max_amount_minor
from unnest($2::bytea[], $3::text[], $4::text[], $5::text[], $6::text[], $8::timestamptz[], $9::boolean[],
    $10::bigint[])
  as c (code_hash, payer_id, source_id, mandate_id, masked, expires_at, is_auto, max_amount_minor)

-- name: let_die
-- The older code of a payer who has a newer one lives on for the grace, and no longer.
update payment_code
set expires_at = least(expires_at, $3)
where institution_id = $1 and code_hash = any ($2::bytea[]) and used_at is null

-- name: point_at_newest
update payer p
set current_code_hash = c.code_hash
from unnest($2::text[], $3::bytea[]) as c (payer_id, code_hash)
where p.institution_id = $1 and p.id = c.payer_id

-- name: find_codes
-- What scanned codes stand for, without a lock. One that was handed out to a device days ago stands for
-- what its payer has chosen now.
select c.code_hash, c.payer_id, s.id as source_id, c.expires_at, c.used_at, c.stopped,
  case when c.device_id is null then c.mandate_id else p.mandate_id end as mandate_id,
  case when c.device_id is null then c.is_auto else p.is_auto end as is_auto,
  p.name as payer_name, s.label as source_label, s.ledger_account_id
from payment_code c
join payer p on p.institution_id = c.institution_id and p.id = c.payer_id
join source s on s.institution_id = c.institution_id
  and s.id = case when c.device_id is null then c.source_id else p.chosen_source_id end
where c.institution_id = $1 and c.code_hash = any ($2::bytea[])

-- name: lock_codes
-- Locks the codes of a batch in key order, and tells how they stand now.
select code_hash, expires_at, used_at, stopped, max_amount_minor
from payment_code
where institution_id = $1 and code_hash = any ($2::bytea[])
order by code_hash
for no key update

-- name: take_codes
-- A code is used once, whatever becomes of its payment.
update payment_code c
set used_at = $4, payment_id = t.payment_id
from unnest($2::bytea[], $3::text[]) as t (code_hash, payment_id)
where c.institution_id = $1 and c.code_hash = t.code_hash

-- name: purge_codes
-- Forgets codes that expired before $2. The lower end keeps the planner with the small index by time:
-- it takes a range with two ends for narrow, one with a single end for a third of the table.
delete from payment_code where institution_id = $1 and expires_at > '-infinity' and expires_at < $2
