-- name: take
-- Takes requests in, each once. Answers those that were the first with their nonce.
insert into terminal_nonce (institution_id, period, terminal_id, nonce, request_id)
select $1, n.period, n.terminal_id, n.nonce, n.request_id
from unnest($2::int[], $3::text[], $4::text[], $5::text[]) as n (period, terminal_id, nonce, request_id)
order by n.period, n.terminal_id, n.nonce
on conflict (institution_id, period, terminal_id, nonce) do nothing
returning request_id

-- name: read_earlier
-- Which of the nonces were used in the period before.
select o.terminal_id, o.nonce
from unnest($2::int[], $3::text[], $4::text[]) as n (period, terminal_id, nonce)
join terminal_nonce o on o.institution_id = $1 and o.period = n.period and o.terminal_id = n.terminal_id
  and o.nonce = n.nonce

-- name: read_taken
-- Who took the nonces.
select o.request_id
from unnest($2::int[], $3::text[], $4::text[]) as n (period, terminal_id, nonce)
join terminal_nonce o on o.institution_id = $1 and o.period = n.period and o.terminal_id = n.terminal_id
  and o.nonce = n.nonce

-- name: purge
-- Forgets the periods before $2.
delete from terminal_nonce where institution_id = $1 and period < $2
