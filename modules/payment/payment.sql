-- name: find_existing
-- Payments of the same merchants that have one of these order numbers or idempotency keys; one that
-- has both comes twice. Row by row, each by its unique key, whatever the planner believes of a table
-- that is mostly one institution's.
select p.id, p.merchant_id, p.order_no, p.idempotency_key, p.request_fingerprint
from unnest($2::text[], $3::text[], $4::text[]) as w (merchant_id, order_no, idempotency_key)
cross join lateral (
  select o.* from payment o
  where o.institution_id = $1 and o.merchant_id = w.merchant_id and o.order_no = w.order_no
  union all
  select k.* from payment k
  where k.institution_id = $1 and k.merchant_id = w.merchant_id and k.idempotency_key = w.idempotency_key
) as p

-- name: insert_payments
insert into payment (institution_id, id, kind, state, next_action, merchant_id, store_id, terminal_id,
  initiator_party_id, order_no, sale_no, idempotency_key, request_fingerprint, amount_minor, currency,
  scheme, road, masked_code, payer_id, source_id, mandate_id, allocation_version, limit_day,
  decline_reason, route_reasons, latitude, longitude, accuracy_m, created_at, confirm_expires_at, completed_at,
  discount_minor, merchant_discount_minor, promotion_id, quota_uses, route_candidates, needs_pin, is_offline,
  position_flags, position_distance_m)
select $1, p.*
from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
  $9::text[], $10::text[], $11::text[], $12::text[], $13::bytea[], $14::bigint[], $15::text[],
  $16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[], $22::int[], $23::date[],
  $24::text[], $25::json[], $26::float8[], $27::float8[], $28::float8[], $29::timestamptz[],
  $30::timestamptz[], $31::timestamptz[], $32::bigint[], $33::bigint[], $34::text[], $35::json[], $36::json[],
  $37::boolean[], $38::boolean[], $39::text[], $40::int[]) as p

-- name: insert_transitions
insert into payment_transition (institution_id, payment_id, number, from_state, to_state, actor, reason, at)
select $1, t.*
from unnest($2::text[], $3::smallint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[]) as t

-- name: lock_payments
-- Locks payments in id order; what they are is read by `read_payments` after it.
select id from payment
where institution_id = $1 and id = any ($2::text[])
order by id
for no key update

-- name: keep_waiting
-- Payments that go on, and wait for something else now.
update payment p
set next_action = w.next_action, limit_day = coalesce(w.limit_day, p.limit_day),
  confirm_expires_at = w.confirm_expires_at
from unnest($2::text[], $3::text[], $4::date[], $5::timestamptz[])
  as w (id, next_action, limit_day, confirm_expires_at)
where p.institution_id = $1 and p.id = w.id and p.state = 'processing'

-- name: finish_payments
-- Moves processing payments to their final state. The where clause is the guard: what is final
-- already stays as it is.
update payment p
set state = f.state, next_action = null, decline_reason = f.decline_reason,
  allocation_version = f.allocation_version, limit_day = coalesce(f.limit_day, p.limit_day), completed_at = f.completed_at
from unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::date[], $7::timestamptz[])
  as f (id, state, decline_reason, allocation_version, limit_day, completed_at)
where p.institution_id = $1 and p.id = f.id and p.state = 'processing'
returning p.id

-- name: read_payments
-- Whole payments with the names that people know them by.
select p.*, m.name as merchant_name, s.name as store_name, t.name as terminal_name,
  y.name as payer_name, c.label as source_label
from payment p
join merchant m on m.institution_id = p.institution_id and m.id = p.merchant_id
left join store s on s.institution_id = p.institution_id and s.id = p.store_id
left join terminal t on t.institution_id = p.institution_id and t.id = p.terminal_id
left join payer y on y.institution_id = p.institution_id and y.id = p.payer_id
left join source c on c.institution_id = p.institution_id and c.id = p.source_id
where p.institution_id = $1 and p.id = any ($2::text[])
order by p.id

-- name: read_accounts_of
-- Which account each payment is charged to.
select p.id, c.ledger_account_id
from payment p
join source c on c.institution_id = p.institution_id and c.id = p.source_id
where p.institution_id = $1 and p.id = any ($2::text[])

-- name: read_transitions
select payment_id, number, from_state, to_state, actor, reason, at
from payment_transition
where institution_id = $1 and payment_id = $2
order by number

-- name: read_reserved
-- What payments have reserved of limits and quotas, so that a failure gives it back.
select id, limit_day::text, quota_uses
from payment
where institution_id = $1 and id = any ($2::text[])

-- name: read_candidates
-- What the router looked at.
select route_candidates from payment
where institution_id = $1 and id = $2

-- name: read_places
-- Where payments happen: what the router's rules are about.
select s.merchant_id, s.id as store_id, m.category, m.name as merchant_name, s.kind, s.latitude, s.longitude
from store s
join merchant m on m.institution_id = $1 and m.id = s.merchant_id
where s.institution_id = $1 and s.merchant_id = any ($2::text[]) and s.id = any ($3::text[])
