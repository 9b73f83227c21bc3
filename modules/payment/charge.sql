-- name: read_charges
select * from charge
where institution_id = $1 and id = any ($2::text[])
order by id

-- name: read_charges_of
select * from charge
where institution_id = $1 and payment_id = any ($2::text[])
order by payment_id, number

-- name: find_used_codes
-- Which of these codes a charge has taken.
select code_hash from charge
where institution_id = $1 and code_hash = any ($2::bytea[]) and code_hash is not null

-- name: insert_charges
insert into charge (institution_id, id, payment_id, number, channel_account_id, channel, debit_account_id,
  settlement, means, state, step, amount_minor, currency, code_hash, started_at)
select $1, c.*
from unnest($2::text[], $3::text[], $4::smallint[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
  $10::text[], $11::text[], $12::bigint[], $13::text[], $14::bytea[], $15::timestamptz[]) as c

-- name: update_charges
-- How charges stand after a word of their channel. Their payments are locked.
update charge c
set state = u.state, step = u.step, code_hash = u.code_hash, channel_ref = u.channel_ref,
  channel_code = u.channel_code, payer_masked = u.payer_masked, payer_paid_minor = u.payer_paid_minor,
  decline_reason = u.decline_reason, is_late = u.is_late, is_paid_back = u.is_paid_back,
  reverse_asked_at = u.reverse_asked_at,
  queries = u.queries, reverses = u.reverses, completed_at = u.completed_at
from unnest($2::text[], $3::text[], $4::text[], $5::bytea[], $6::text[], $7::text[], $8::text[], $9::bigint[],
  $10::text[], $11::boolean[], $12::boolean[], $13::timestamptz[], $14::int[], $15::int[], $16::timestamptz[])
  as u (id, state, step, code_hash, channel_ref, channel_code, payer_masked, payer_paid_minor,
    decline_reason, is_late, is_paid_back, reverse_asked_at, queries, reverses, completed_at)
where c.institution_id = $1 and c.id = u.id

-- name: find_open_charges
-- The charges that still have something to do, of one account; for its breaker that has closed.
select id from charge
where institution_id = $1 and channel_account_id = $2 and state = 'processing'
order by id
