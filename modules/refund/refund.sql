-- name: find_by_keys
-- Earlier refunds with these idempotency keys, each by its unique key.
select r.*
from unnest($2::text[], $3::text[]) as w (merchant_id, idempotency_key)
join refund r on r.institution_id = $1 and r.merchant_id = w.merchant_id and r.idempotency_key = w.idempotency_key

-- name: read_refunds
select *
from refund
where institution_id = $1 and id = any ($2::text[])
order by id

-- name: read_of_payments
-- All refunds of these payments. Whoever holds the payments finds them as they stay.
select *
from refund
where institution_id = $1 and payment_id = any ($2::text[])
order by id

-- name: read_terms
-- What refunds of these payments are decided by: the day whose limits the payment has used.
select p.id, to_char(p.limit_day, 'YYYY-MM-DD') as limit_day
from payment p
where p.institution_id = $1 and p.id = any ($2::text[])

-- name: find_payment_of_charge
select payment_id
from charge
where institution_id = $1 and id = $2

-- name: insert
-- New refunds. Another one with the same key meets the unique key, and the batch reruns and finds it.
insert into refund (institution_id, id, payment_id, charge_id, channel_account_id, is_late, merchant_id,
  terminal_id, payer_id, initiator_party_id, state, next_action, amount_minor, payer_minor, currency, reason,
  requested_by, approved_by, idempotency_key, request_fingerprint, decline_reason, created_at, begun_at,
  completed_at)
select $1, r.*
from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::text[], $8::text[], $9::text[],
  $10::text[], $11::text[], $12::text[], $13::bigint[], $14::bigint[], $15::text[], $16::text[], $17::text[],
  $18::text[], $19::text[], $20::bytea[], $21::text[], $22::timestamptz[], $23::timestamptz[],
  $24::timestamptz[]) as r

-- name: change
-- How refunds stand now; their payments are locked. The where clause is the guard: what is final stays.
update refund r
set state = c.state, next_action = c.next_action, payer_minor = c.payer_minor, approved_by = c.approved_by,
  channel_ref = c.channel_ref, channel_code = c.channel_code, decline_reason = c.decline_reason,
  begun_at = c.begun_at, promised_at = c.promised_at, completed_at = c.completed_at
from unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[],
  $10::timestamptz[], $11::timestamptz[], $12::timestamptz[])
  as c (id, state, next_action, payer_minor, approved_by, channel_ref, channel_code, decline_reason,
    begun_at, promised_at, completed_at)
where r.institution_id = $1 and r.id = c.id and r.state = 'processing'

-- name: read_page
-- A page of all merchants' refunds, the newest first, older than $2; in state $3, or in any.
select *
from refund
where institution_id = $1 and id < $2 and ($3::text is null or state = $3)
order by id desc
limit $4

-- name: read_page_of_merchant
-- A page of the refunds of merchant $2, the newest first, older than $3; in state $4, or in any.
select *
from refund
where institution_id = $1 and merchant_id = $2 and id < $3 and ($4::text is null or state = $4)
order by id desc
limit $5
