-- name: create_merchant_code
insert into merchant_code (institution_id, id, merchant_id, store_id, name, created_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (institution_id, id) do nothing

-- name: read_merchant_code
select id, merchant_id, store_id, name, state, created_at, closed_at from merchant_code
where institution_id = $1 and id = $2

-- name: read_merchant_codes
-- A page, the newest first.
select id, merchant_id, store_id, name, state, created_at, closed_at from merchant_code
where institution_id = $1 and id < $2
order by id desc
limit $3

-- name: read_merchant_codes_of
-- A page of one merchant's, the newest first.
select id, merchant_id, store_id, name, state, created_at, closed_at from merchant_code
where institution_id = $1 and merchant_id = $2 and id < $3
order by id desc
limit $4

-- name: close_merchant_code
-- Closed again it stays as it was closed first.
update merchant_code set state = 'closed', closed_at = coalesce(closed_at, $3)
where institution_id = $1 and id = $2
returning id

-- name: open_static_counters
-- Counters that are not there yet, so that there is a row to lock.
insert into static_counter (institution_id, payer_id, day)
select $1, c.payer_id, c.day
from unnest($2::text[], $3::date[]) as c (payer_id, day)
order by c.payer_id, c.day
on conflict (institution_id, payer_id, day) do nothing

-- name: lock_static_counters
-- Locks the counters of a batch in key order.
select payer_id, day::text, used_minor from static_counter
where institution_id = $1 and payer_id = any ($2::text[]) and day = any ($3::date[])
order by payer_id, day
for no key update

-- name: use_static_counters
-- One update for each counter of a batch, whose rows the batch has locked before.
update static_counter s
set used_minor = u.used_minor
from unnest($2::text[], $3::date[], $4::bigint[]) as u (payer_id, day, used_minor)
where s.institution_id = $1 and s.payer_id = u.payer_id and s.day = u.day

-- name: take_up
-- Who pays an order, and by which road: known only now. Sent before the payment is finished.
update payment p
set scheme = t.scheme, road = t.road, payer_id = t.payer_id, source_id = t.source_id,
  mandate_id = t.mandate_id, needs_pin = t.needs_pin, route_reasons = t.route_reasons
from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::boolean[], $9::json[])
  as t (id, scheme, road, payer_id, source_id, mandate_id, needs_pin, route_reasons)
where p.institution_id = $1 and p.id = t.id and p.state = 'processing'

-- name: write_offers
-- What was found for an order when a payer took it up: its promotion, what it reserved, the roads.
update payment p
set promotion_id = o.promotion_id, discount_minor = o.discount_minor,
  merchant_discount_minor = o.merchant_discount_minor, quota_uses = o.quota_uses,
  route_candidates = o.route_candidates
from unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::json[], $7::json[])
  as o (id, promotion_id, discount_minor, merchant_discount_minor, quota_uses, route_candidates)
where p.institution_id = $1 and p.id = o.id

-- name: read_showing
-- How an order was shown in one way, with how the charge stands that it was shown by.
select s.charge_id, s.shown, c.state, c.reverse_asked_at
from order_showing s
join charge c on c.institution_id = s.institution_id and c.id = s.charge_id
where s.institution_id = $1 and s.payment_id = $2 and s.channel_account_id = $3 and s.way = $4 and s.payer_ref = $5

-- name: put_showing
-- A new charge takes the place of one that came to nothing.
insert into order_showing (institution_id, payment_id, channel_account_id, way, payer_ref, charge_id, created_at)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (institution_id, payment_id, channel_account_id, way, payer_ref) do update
set charge_id = excluded.charge_id, shown = null

-- name: keep_shown
update order_showing set shown = $3
where institution_id = $1 and charge_id = $2 and payment_id = $4
