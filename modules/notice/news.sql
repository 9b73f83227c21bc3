-- name: create
-- Adds a draft.
insert into news (institution_id, id, merchant_id, title, body, picture, picture_type, product_id,
  price_minor, currency, valid_from, valid_until, created_by, created_at, updated_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14)

-- name: list
-- A page of the news of merchant $2 (null: of all) in state $3 when it is given, the newest first,
-- older than $4. Without the pictures themselves.
select n.id, n.merchant_id, n.title, n.body, n.picture_type, n.product_id, n.price_minor, n.currency,
  n.valid_from, n.valid_until, n.state, n.published_at, n.created_by, n.created_at, n.updated_at,
  (select count(*) from news_delivery d
   where d.institution_id = $1 and d.news_id = n.id) as given_count,
  (select count(d.read_at) from news_delivery d
   where d.institution_id = $1 and d.news_id = n.id) as read_count
from news n
where n.institution_id = $1 and ($2::text is null or n.merchant_id = $2)
  and ($3::text is null or n.state = $3) and n.id < $4
order by n.id desc
limit $5

-- name: read
-- News $2, without its picture.
select n.id, n.merchant_id, n.title, n.body, n.picture_type, n.product_id, n.price_minor, n.currency,
  n.valid_from, n.valid_until, n.state, n.published_at, n.created_by, n.created_at, n.updated_at,
  (select count(*) from news_delivery d
   where d.institution_id = $1 and d.news_id = n.id) as given_count,
  (select count(d.read_at) from news_delivery d
   where d.institution_id = $1 and d.news_id = n.id) as read_count
from news n
where n.institution_id = $1 and n.id = $2

-- name: lock
-- News $2 with its picture, until the transaction ends.
select id, merchant_id, title, body, picture, picture_type, product_id, price_minor, currency,
  valid_from, valid_until, state, published_at
from news
where institution_id = $1 and id = $2
for no key update

-- name: change
-- A draft as its merchant says anew.
update news
set title = $3, body = $4, picture = $5, picture_type = $6, product_id = $7, price_minor = $8,
  valid_from = $9, valid_until = $10, updated_at = $11
where institution_id = $1 and id = $2 and state = 'draft'

-- name: last_of_day
-- How many news merchant $2 has published on day $3.
select coalesce(max(published_number), 0)::int as number
from news
where institution_id = $1 and merchant_id = $2 and published_on = $3

-- name: publish
-- News is out from now on.
update news
set state = 'published', published_at = $3, published_on = $4, published_number = $5, updated_at = $3
where institution_id = $1 and id = $2

-- name: withdraw
-- Nobody is shown it any more. Its place among the day's stays taken.
update news
set state = 'withdrawn', updated_at = $3
where institution_id = $1 and id = $2 and state <> 'withdrawn'
returning id

-- name: picture_for_merchant
-- The picture of news $2, of merchant $3 (null: of whichever).
select picture, picture_type
from news
where institution_id = $1 and id = $2 and ($3::text is null or merchant_id = $3)
  and picture is not null

-- name: picture_for_payer
-- The picture of news $2 when payer $3 was given it and it still stands.
select n.picture, n.picture_type
from news_delivery d
join news n on n.institution_id = d.institution_id and n.id = d.news_id
where d.institution_id = $1 and d.news_id = $2 and d.payer_id = $3 and n.state = 'published'
  and n.picture is not null

-- name: standing
-- News $2 as it is given to payers; nothing when it is out no more at $3.
select n.merchant_id, n.title, n.valid_from, n.valid_until, m.name as merchant_name
from news n
join merchant m on m.institution_id = n.institution_id and m.id = n.merchant_id
where n.institution_id = $1 and n.id = $2 and n.state = 'published' and n.valid_until > $3
  and m.state = 'active'

-- name: lock_subscribers
-- The next subscribers of merchant $2 after $3, locked: no other news is given to them meanwhile.
select payer_id
from subscription
where institution_id = $1 and merchant_id = $2 and state = 'on' and payer_id > $3
order by payer_id
limit $4
for no key update

-- name: given_before
-- Of the payers $3: how many news of merchant $2 each was given on day $5, and whether $4 is among
-- what it was ever given.
select payer_id, count(*) filter (where delivered_on = $5) as today_count,
  bool_or(news_id = $4) as has_it
from news_delivery
where institution_id = $1 and merchant_id = $2 and payer_id = any ($3::text[])
group by payer_id

-- name: give
-- Puts news $2 of merchant $3 into the feeds of the payers $4.
insert into news_delivery (institution_id, payer_id, news_id, merchant_id, delivered_on, delivered_at)
select $1, p.payer_id, $2, $3, $5, $6
from unnest($4::text[]) as p (payer_id)
order by p.payer_id
on conflict (institution_id, payer_id, news_id) do nothing

-- name: give_current
-- Puts the news that stand at $4 into the feeds of new subscribers, each merchant's newest, no more
-- than it may give in a day ($5), less what was given to them today.
insert into news_delivery (institution_id, payer_id, news_id, merchant_id, delivered_on, delivered_at)
select $1, s.payer_id, c.id, s.merchant_id, $6, $4
from unnest($2::text[], $3::text[], $5::int[]) as s (payer_id, merchant_id, most)
cross join lateral (
  select n.id
  from news n
  where n.institution_id = $1 and n.merchant_id = s.merchant_id and n.state = 'published'
    and n.valid_from <= $4 and n.valid_until > $4
    and not exists (
      select 1 from news_delivery d
      where d.institution_id = $1 and d.payer_id = s.payer_id and d.news_id = n.id)
  order by n.published_at desc, n.id desc
  limit greatest(0, s.most - (
    select count(*) from news_delivery d
    where d.institution_id = $1 and d.payer_id = s.payer_id and d.merchant_id = s.merchant_id
      and d.delivered_on = $6))) c
order by s.payer_id, c.id
on conflict (institution_id, payer_id, news_id) do nothing

-- name: read_feed
-- A page of the feed of payer $2 at $5, the newest first, after the news $3 (null: from the top).
-- What was withdrawn, has ended, or is of a merchant that he left is not in it. $6: that news alone.
select n.id, n.merchant_id, n.title, n.body, n.picture_type, n.product_id, n.price_minor, n.currency,
  n.valid_from, n.valid_until, d.delivered_at, d.read_at, m.name as merchant_name,
  s.state as subscription, p.name as product_name, p.name_en as product_name_en,
  p.price_minor as product_price_minor
from news_delivery d
join news n on n.institution_id = d.institution_id and n.id = d.news_id
join merchant m on m.institution_id = d.institution_id and m.id = d.merchant_id
join subscription s on s.institution_id = d.institution_id and s.payer_id = d.payer_id
  and s.merchant_id = d.merchant_id
left join product p on p.institution_id = n.institution_id and p.id = n.product_id
  and p.state = 'active'
where d.institution_id = $1 and d.payer_id = $2 and n.state = 'published' and n.valid_until > $5
  and s.state <> 'left' and ($6::text is null or d.news_id = $6)
  and ($3::text is null or (d.delivered_at, d.news_id) < (
    select l.delivered_at, l.news_id
    from news_delivery l
    where l.institution_id = $1 and l.payer_id = $2 and l.news_id = $3))
order by d.delivered_at desc, d.news_id desc
limit $4

-- name: mark_read
-- Payer $2 has looked at news $3; the first time counts.
update news_delivery
set read_at = coalesce(read_at, $4)
where institution_id = $1 and payer_id = $2 and news_id = $3
returning news_id

-- name: purge
-- Forgets to whom was given what has ended before $2: no feed shows it.
delete from news_delivery
where institution_id = $1 and news_id in (
  select n.id
  from news n
  where n.institution_id = $1 and n.valid_until < $2)
