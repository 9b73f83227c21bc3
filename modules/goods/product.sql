-- name: create
-- Adds a product without stock, or brings a closed one with the same SKU back; answers nothing when
-- the SKU is an active product's.
insert into product (institution_id, id, merchant_id, sku, name, name_en, category, barcode, price_minor,
  currency, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (institution_id, merchant_id, sku)
do update set name = excluded.name, name_en = excluded.name_en, category = excluded.category,
  barcode = excluded.barcode, price_minor = excluded.price_minor, currency = excluded.currency,
  state = 'active'
where product.state = 'closed'
returning id

-- name: find_barcode
-- Another active product of merchant $2 with barcode $3.
select id
from product
where institution_id = $1 and merchant_id = $2 and barcode = $3 and state = 'active' and id <> $4

-- name: lock_active
-- The active product $2, held for a change.
select id, merchant_id, sku, name, name_en, category, barcode, price_minor, currency, stock_quantity, state,
  created_at
from product
where institution_id = $1 and id = $2 and state = 'active'
for no key update

-- name: update
-- Changes what is said of product $2; its stock has statements of its own.
update product
set name = $3, name_en = $4, category = $5, barcode = $6, price_minor = $7
where institution_id = $1 and id = $2

-- name: close
-- Takes product $2 out of sale.
update product
set state = 'closed'
where institution_id = $1 and id = $2 and state = 'active'
returning id

-- name: read
-- The active product $2.
select id, merchant_id, sku, name, name_en, category, barcode, price_minor, currency, stock_quantity, state,
  created_at
from product
where institution_id = $1 and id = $2 and state = 'active'

-- name: read_all
-- A page of the active products of all merchants, the newest first, older than $2, with $4 in their name or
-- with that number.
select id, merchant_id, sku, name, name_en, category, barcode, price_minor, currency, stock_quantity, state,
  created_at
from product
where institution_id = $1 and id < $2 and state = 'active'
  and ($4::text is null or strpos(lower(name), lower($4)) > 0 or sku = $4 or barcode = $4 or id = $4)
order by id desc
limit $3

-- name: read_of_merchant
-- A page of the active products of merchant $2, the newest first, older than $3, with $5 in their name or
-- with that number.
select id, merchant_id, sku, name, name_en, category, barcode, price_minor, currency, stock_quantity, state,
  created_at
from product
where institution_id = $1 and merchant_id = $2 and id < $3 and state = 'active'
  and ($5::text is null or strpos(lower(name), lower($5)) > 0 or sku = $5 or barcode = $5 or id = $5)
order by id desc
limit $4

-- name: read_by_barcode
-- The active product of merchant $2 with barcode $3, as a page of one.
select id, merchant_id, sku, name, name_en, category, barcode, price_minor, currency, stock_quantity, state,
  created_at
from product
where institution_id = $1 and merchant_id = $2 and barcode = $3 and id < $4 and state = 'active'
order by id desc
limit $5
