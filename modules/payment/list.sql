-- name: list_by_merchant
-- Newest first, before payment $3; each further filter is left out when null.
select id from payment
where institution_id = $1 and merchant_id = $2 and id < $3
  and ($5::text is null or state = $5) and ($6::text is null or kind = $6)
  and ($7::text is null or terminal_id = $7) and ($8::text is null or store_id = $8)
  and ($9::text is null or order_no = $9)
  and ($10::timestamptz is null or created_at >= $10) and ($11::timestamptz is null or created_at < $11)
order by id desc
limit $4

-- name: list_by_order
-- The payment of merchant $2 with order number $9, when it fits the other filters too.
select id from payment
where institution_id = $1 and merchant_id = $2 and order_no = $9 and id < $3
  and ($5::text is null or state = $5) and ($6::text is null or kind = $6)
  and ($7::text is null or terminal_id = $7) and ($8::text is null or store_id = $8)
  and ($10::timestamptz is null or created_at >= $10) and ($11::timestamptz is null or created_at < $11)
order by id desc
limit $4

-- name: list_by_terminal
select id from payment
where institution_id = $1 and terminal_id = $2 and id < $3
  and ($5::text is null or state = $5) and ($6::text is null or kind = $6)
  and ($7::text is null or merchant_id = $7) and ($8::text is null or store_id = $8)
  and ($9::text is null or order_no = $9)
  and ($10::timestamptz is null or created_at >= $10) and ($11::timestamptz is null or created_at < $11)
order by id desc
limit $4

-- name: list_by_payer
select id from payment
where institution_id = $1 and payer_id = $2 and id < $3
  and ($5::text is null or state = $5) and ($6::text is null or kind = $6)
  and ($7::text is null or merchant_id = $7) and ($8::text is null or store_id = $8)
  and ($9::text is null or order_no = $9)
  and ($10::timestamptz is null or created_at >= $10) and ($11::timestamptz is null or created_at < $11)
order by id desc
limit $4

-- name: list_all
-- By the primary key from the newest on, whatever the filters: the inner select keeps the planner
-- from looking for a sharper index that is not there and reading the whole table.
select id
from (
  select * from payment
  where institution_id = $1 and id < $3
  order by id desc
  offset 0
) as p
where ($2::text is null or terminal_id = $2)
  and ($5::text is null or state = $5) and ($6::text is null or kind = $6)
  and ($7::text is null or merchant_id = $7) and ($8::text is null or store_id = $8)
  and ($9::text is null or order_no = $9)
  and ($10::timestamptz is null or created_at >= $10) and ($11::timestamptz is null or created_at < $11)
order by id desc
limit $4

-- name: day_totals
-- Purchases whose id was made from $2 up to $3, by state, scheme and local hour.
select state, coalesce(scheme, '') as scheme,
  extract(hour from created_at at time zone $7)::int as hour,
  count(*) as payments, coalesce(sum(amount_minor), 0)::bigint as amount_minor
from payment
where institution_id = $1 and id >= $2 and id < $3 and kind = 'purchase'
  and ($4::text is null or merchant_id = $4)
  and ($5::text is null or store_id = $5)
  and ($6::text is null or terminal_id = $6)
group by 1, 2, 3
order by 1, 2, 3
