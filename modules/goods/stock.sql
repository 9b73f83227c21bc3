-- name: insert_of_sales
-- One movement for each product of each paid sale, unless it is there. Answers those that are new.
insert into stock_movement (institution_id, product_id, subject_id, quantity, recorded_at)
select $1, p.id, s.merchant_id || '/' || s.sale_no, -sum(l.quantity)::bigint, $4
from unnest($2::text[], $3::text[]) as k (merchant_id, sale_no)
join sale s on s.institution_id = $1 and s.merchant_id = k.merchant_id and s.sale_no = k.sale_no
  and s.state = 'paid'
join sale_line l on l.institution_id = $1 and l.merchant_id = s.merchant_id and l.sale_no = s.sale_no
join product p on p.institution_id = $1 and p.merchant_id = l.merchant_id and p.sku = l.sku
group by p.id, s.merchant_id, s.sale_no
order by p.id, s.merchant_id, s.sale_no
on conflict (institution_id, product_id, subject_id) do nothing
returning product_id, quantity

-- name: lock_products
-- Holds the products whose stock is about to change, in id order.
select id
from product
where institution_id = $1 and id = any ($2::text[])
order by id
for no key update

-- name: add_to_stock
-- What is not counted stays so.
update product p
set stock_quantity = p.stock_quantity + m.quantity
from unnest($2::text[], $3::bigint[]) as m (id, quantity)
where p.institution_id = $1 and p.id = m.id

-- name: insert_correction
-- The movement that makes the sum of all movements of product $2 what was counted, if any is needed.
insert into stock_movement (institution_id, product_id, subject_id, quantity, recorded_at)
select $1, $2, $3, $4::bigint - m.quantity, $5
from (
  select coalesce(sum(quantity), 0)::bigint as quantity
  from stock_movement
  where institution_id = $1 and product_id = $2
) as m
where m.quantity <> $4::bigint

-- name: set_stock
-- What was counted, or null when it is counted no more.
update product
set stock_quantity = $3
where institution_id = $1 and id = $2
