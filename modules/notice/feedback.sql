-- name: lock_of_payment
-- The feedback on payment $2, until the transaction ends.
select id, answered_at
from feedback
where institution_id = $1 and payment_id = $2
for no key update

-- name: give
-- What a payer says of a payment; said again before there is an answer, it replaces what was said.
insert into feedback (institution_id, id, payment_id, payer_id, merchant_id, payer_name, rating, body,
  given_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (institution_id, payment_id) do update
set rating = excluded.rating, body = excluded.body, given_at = excluded.given_at

-- name: list
-- A page of feedback to merchant $2 (null: to all), the newest first, older than $3; on payment $4 and
-- by payer $5 when these are given; $6: only what is answered, or only what is not.
select id, payment_id, payer_id, merchant_id, payer_name, rating, body, given_at, answer, answered_by,
  answered_at
from feedback
where institution_id = $1 and ($2::text is null or merchant_id = $2) and id < $3
  and ($4::text is null or payment_id = $4) and ($5::text is null or payer_id = $5)
  and ($6::boolean is null or (answer is not null) = $6)
order by id desc
limit $7

-- name: read
-- Feedback $2.
select id, payment_id, payer_id, merchant_id, payer_name, rating, body, given_at, answer, answered_by,
  answered_at
from feedback
where institution_id = $1 and id = $2

-- name: answer
-- What the merchant says to it.
update feedback
set answer = $3, answered_by = $4, answered_at = $5
where institution_id = $1 and id = $2
