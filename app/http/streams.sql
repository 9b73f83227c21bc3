-- name: fresh_ids
-- The ids of events after $2 that concern somebody who listens: everybody's when $3, but for what one
-- payer is offered, else those of the merchants $4, terminals $5, payers $6 and parties $7. Few bytes,
-- because it is asked often.
select id
from event
where institution_id = $1 and id > $2
  and (($3 and type <> 'news.published') or merchant_id = any ($4::text[])
    or terminal_id = any ($5::text[]) or payer_id = any ($6::text[])
    or party_id = any ($7::text[]))
order by id
limit $8

-- name: read_by_id
-- Whole events, oldest first.
select id, type, subject_id, merchant_id, terminal_id, payer_id, party_id, payload, occurred_at
from event
where institution_id = $1 and id = any ($2::text[])
order by id

-- name: page_end
-- The last of up to $3 events after $2, whomever they concern: how far one page of a replay looks.
select id
from (select id from event where institution_id = $1 and id > $2 order by id limit $3) page
order by id desc
limit 1

-- name: read_page
-- The events after $2, up to and with $3, that concern one reader; see fresh_ids.
select id, type, subject_id, merchant_id, terminal_id, payer_id, party_id, payload, occurred_at
from event
where institution_id = $1 and id > $2 and id <= $3
  and (($4 and type <> 'news.published') or merchant_id = any ($5::text[])
    or terminal_id = any ($6::text[]) or payer_id = any ($7::text[])
    or party_id = any ($8::text[]))
order by id

-- name: read_newest
-- A page of the events between $2 and $3 that concern one reader, the newest first.
select id, type, subject_id, merchant_id, terminal_id, payer_id, party_id, payload, occurred_at
from event
where institution_id = $1 and id > $2 and id < $3
  and (($4 and type <> 'news.published') or merchant_id = any ($5::text[])
    or terminal_id = any ($6::text[]) or payer_id = any ($7::text[])
    or party_id = any ($8::text[]))
order by id desc
limit $9
