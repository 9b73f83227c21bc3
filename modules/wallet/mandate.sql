-- name: read_mandates
-- Read after the locks: what a payer changed and committed before is what counts. The payer's
-- own state comes along, since a frozen payer's mandate stands still.
select m.id, m.currency, m.granted_level, m.level, m.per_payment_minor, m.per_day_minor, m.per_month_minor, m.no_pin_minor,
  m.per_day_count, m.offline_per_day_minor, m.merchants, m.shop_kinds, m.areas, m.hours, m.consent,
  m.state, p.state as payer_state
from mandate m
join payer p on p.institution_id = m.institution_id and p.id = m.payer_id
where m.institution_id = $1 and m.id = any ($2::text[])

-- name: create_mandate
-- Adds a payer's mandate; the same id again, by a rerun, changes nothing.
insert into mandate (institution_id, id, payer_id, currency, granted_level, level, per_payment_minor,
  per_day_minor, per_month_minor, no_pin_minor, offline_per_day_minor, created_at, updated_at)
values ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10, $11, $11)
on conflict (institution_id, id) do nothing

-- name: read_mandate
-- The mandate that payer $2 has now, with the names of the merchants that it is bound to.
select m.id, m.currency, m.granted_level, m.level, m.per_payment_minor, m.per_day_minor, m.per_month_minor,
  m.no_pin_minor, m.per_day_count, m.offline_per_day_minor, m.merchants, m.shop_kinds, m.areas, m.hours, m.consent,
  m.state, p.state as payer_state,
  (select json_agg(json_build_object('id', c.id, 'name', c.name) order by c.id)
    from merchant c where c.institution_id = m.institution_id and c.id = any (m.merchants)) as named_merchants
from payer p
join mandate m on m.institution_id = p.institution_id and m.id = p.mandate_id
where p.institution_id = $1 and p.id = $2

-- name: lock_mandate
-- The same mandate, held until it is written.
select m.id, m.currency, m.granted_level, m.level, m.per_payment_minor, m.per_day_minor, m.per_month_minor,
  m.no_pin_minor, m.per_day_count, m.offline_per_day_minor, m.merchants, m.shop_kinds, m.areas, m.hours, m.consent,
  m.state, p.state as payer_state
from payer p
join mandate m on m.institution_id = p.institution_id and m.id = p.mandate_id
where p.institution_id = $1 and p.id = $2
for no key update of m

-- name: write_mandate
-- The terms of mandate $2, which is locked.
update mandate
set granted_level = $3, level = $4, per_payment_minor = $5, per_day_minor = $6, per_month_minor = $7,
  no_pin_minor = $8, per_day_count = $9, offline_per_day_minor = $10, merchants = $11, shop_kinds = $12,
  areas = $13, hours = $14, consent = $15, updated_at = $16
where institution_id = $1 and id = $2
