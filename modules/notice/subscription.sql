-- name: subscribe_payers
-- Payers become subscribers of merchants; who has left, or mutes, stays as he is. Answers the new.
insert into subscription (institution_id, payer_id, merchant_id, state, reached_by, since, updated_at)
select distinct $1, s.payer_id, s.merchant_id, 'on', 'paid', $4::timestamptz, $4::timestamptz
from unnest($2::text[], $3::text[]) as s (payer_id, merchant_id)
order by 2, 3
on conflict (institution_id, payer_id, merchant_id) do nothing
returning payer_id, merchant_id

-- name: choose
-- What payer $2 wants to hear of merchant $3.
insert into subscription as s (institution_id, payer_id, merchant_id, state, reached_by, since,
  updated_at)
values ($1, $2, $3, $4, $5, $6, $6)
on conflict (institution_id, payer_id, merchant_id) do update
set state = excluded.state, updated_at = excluded.updated_at,
  since = case when s.state = 'left' and excluded.state <> 'left' then excluded.since else s.since end,
  reached_by = case when s.state = 'left' then excluded.reached_by else s.reached_by end

-- name: list
-- A page of the subscriptions of payer $2, the latest first, after merchant $3 (null: from the top);
-- of merchant $4 alone when it is given.
select s.merchant_id, s.state, s.reached_by, s.since, m.name as merchant_name
from subscription s
join merchant m on m.institution_id = s.institution_id and m.id = s.merchant_id
where s.institution_id = $1 and s.payer_id = $2 and ($4::text is null or s.merchant_id = $4)
  and ($3::text is null or (s.since, s.merchant_id) < (
    select l.since, l.merchant_id
    from subscription l
    where l.institution_id = $1 and l.payer_id = $2 and l.merchant_id = $3))
order by s.since desc, s.merchant_id desc
limit $5
