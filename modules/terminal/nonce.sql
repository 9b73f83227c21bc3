-- name: take
-- Takes requests in, each once, unless their nonce was used in the period before. Answers who has taken each
-- nonce: the request itself, or an earlier one.
insert into terminal_nonce (institution_id, period, terminal_id, nonce, request_id)
select $1, n.period, n.terminal_id, n.nonce, n.request_id
from unnest($2::int[], $3::text[], $4::text[], $5::text[]) as n (period, terminal_id, nonce, request_id)
where not exists (
  select 1 from terminal_nonce o
  where o.institution_id = $1 and o.period = n.period - 1 and o.terminal_id = n.terminal_id and o.nonce = n.nonce)
order by n.period, n.terminal_id, n.nonce
on conflict (institution_id, period, terminal_id, nonce) do update set request_id = terminal_nonce.request_id
returning request_id

-- name: purge
-- Forgets the periods before $2.
delete from terminal_nonce where institution_id = $1 and period < $2
