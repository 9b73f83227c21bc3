-- name: insert
-- New sales. One that another batch made meanwhile meets the primary key, and the batch reruns.
insert into sale (institution_id, merchant_id, sale_no, total_minor, currency, created_at)
select $1, s.merchant_id, s.sale_no, s.total_minor, s.currency, s.created_at
from unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::timestamptz[])
  as s (merchant_id, sale_no, total_minor, currency, created_at)

-- name: insert_lines
-- The goods of sales that this transaction has added.
insert into sale_line (institution_id, merchant_id, sale_no, line_no, sku, name, quantity, unit_price_minor)
select $1, l.merchant_id, l.sale_no, l.line_no, l.sku, l.name, l.quantity, l.unit_price_minor
from unnest($2::text[], $3::text[], $4::int[], $5::text[], $6::text[], $7::bigint[], $8::bigint[])
  as l (merchant_id, sale_no, line_no, sku, name, quantity, unit_price_minor)

-- name: lock
-- Holds the sales of a batch, each once and in key order, and tells how they stand.
select s.merchant_id, s.sale_no, s.total_minor, s.paid_minor, s.currency, s.state
from sale s
join unnest($2::text[], $3::text[]) as k (merchant_id, sale_no)
  on s.merchant_id = k.merchant_id and s.sale_no = k.sale_no
where s.institution_id = $1
order by s.merchant_id, s.sale_no
for no key update of s

-- name: apply_tenders
-- Adds what was paid to locked sales; where $5 has a time, the sale was paid in full then.
update sale s
set paid_minor = s.paid_minor + t.paid_minor,
  state = case when t.paid_at is null then s.state else 'paid' end,
  paid_at = coalesce(s.paid_at, t.paid_at)
from unnest($2::text[], $3::text[], $4::bigint[], $5::timestamptz[])
  as t (merchant_id, sale_no, paid_minor, paid_at)
where s.institution_id = $1 and s.merchant_id = t.merchant_id and s.sale_no = t.sale_no

-- name: apply_refunds
-- Takes what was given back from what locked sales were paid. Stock does not come back by itself.
update sale s
set paid_minor = s.paid_minor - r.refunded_minor
from unnest($2::text[], $3::text[], $4::bigint[]) as r (merchant_id, sale_no, refunded_minor)
where s.institution_id = $1 and s.merchant_id = r.merchant_id and s.sale_no = r.sale_no

-- name: read_lines
-- The goods of sale $3 of merchant $2, in the order of the basket.
select sku, name, quantity, unit_price_minor
from sale_line
where institution_id = $1 and merchant_id = $2 and sale_no = $3
order by line_no
