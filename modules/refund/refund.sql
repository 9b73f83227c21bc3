-- name: find_by_keys
-- Earlier refunds with these idempotency keys, each by its unique key.
select r.id, r.idempotency_key, r.request_fingerprint
from unnest($2::text[], $3::text[]) as w (merchant_id, idempotency_key)
join refund r on r.institution_id = $1 and r.merchant_id = w.merchant_id and r.idempotency_key = w.idempotency_key

-- name: read_refunds
-- Whole refunds with the names that people know their payments by.
select r.*, m.name as merchant_name, s.name as store_name, p.order_no
from refund r
join payment p on p.institution_id = r.institution_id and p.id = r.payment_id
join merchant m on m.institution_id = r.institution_id and m.id = r.merchant_id
left join store s on s.institution_id = p.institution_id and s.id = p.store_id
where r.institution_id = $1 and r.id = any ($2::text[])
order by r.id

-- name: read_of_payments
-- The same, all of these payments. Whoever holds the payments finds them as they stay.
select r.*, m.name as merchant_name, s.name as store_name, p.order_no
from refund r
join payment p on p.institution_id = r.institution_id and p.id = r.payment_id
join merchant m on m.institution_id = r.institution_id and m.id = r.merchant_id
left join store s on s.institution_id = p.institution_id and s.id = p.store_id
where r.institution_id = $1 and r.payment_id = any ($2::text[])
order by r.id

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

-- name: list_all
-- A page of all merchants' refunds, the newest first, older than $2; in state $3, or in any.
select id
from refund
where institution_id = $1 and id < $2 and ($3::text is null or state = $3)
order by id desc
limit $4

-- name: list_by_merchant
-- The same of merchant $5.
select id
from refund
where institution_id = $1 and merchant_id = $5 and id < $2 and ($3::text is null or state = $3)
order by id desc
limit $4

-- name: list_by_payer
-- The same of payer $5.
select id
from refund
where institution_id = $1 and payer_id = $5 and id < $2 and ($3::text is null or state = $3)
order by id desc
limit $4

-- name: list_by_terminal
-- The same of what terminal $5 took, and of what was asked for there: at the till both are looked for.
select id
from (
  (
    select id
    from refund
    where institution_id = $1 and terminal_id = $5 and id < $2 and ($3::text is null or state = $3)
    order by id desc
    limit $4
  )
  union
  (
    select id
    from refund
    where institution_id = $1 and requested_by = 'terminal:' || $5::text and id < $2
      and ($3::text is null or state = $3)
    order by id desc
    limit $4
  )
) as either
order by id desc
limit $4
