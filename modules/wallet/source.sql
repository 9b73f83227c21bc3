-- name: is_payer
select id from payer where institution_id = $1 and id = $2

-- name: create_source
-- Adds a source; the same id again, by a rerun, changes nothing.
insert into source (institution_id, id, payer_id, kind, label, last4, ledger_account_id, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (institution_id, id) do nothing
returning id

-- name: create_linked_source
-- Adds an account at a scheme; the same id again, by a rerun, changes nothing.
insert into source (institution_id, id, payer_id, kind, label, last4, channel_account_id, sealed_token, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (institution_id, id) do nothing
returning id

-- name: read_sources
-- A payer's sources that are not closed, in the payer's order, and which of them is chosen. An account
-- at a scheme has no currency of its own here, and is charged in the institution's.
select s.id, s.kind, s.label, s.last4, s.ledger_account_id, s.channel_account_id, s.state,
  s.id = p.chosen_source_id as is_chosen, i.currency
from source s
join payer p on p.institution_id = s.institution_id and p.id = s.payer_id
join institution i on i.id = s.institution_id
where s.institution_id = $1 and s.payer_id = $2 and s.state = 'active'
order by s.rank, s.id

-- name: read_usable_sources
-- What these payers can pay from, each payer's in the payer's order.
select payer_id, id as source_id, kind, label, ledger_account_id, channel_account_id
from source
where institution_id = $1 and payer_id = any ($2::text[]) and state = 'active'
order by payer_id, rank, id

-- name: read_token
-- What the scheme gave for an account that is linked still.
select sealed_token
from source
where institution_id = $1 and id = $2 and state = 'active'

-- name: choose_source
-- Pays from source $3 from now on. No row: it is closed or another's.
update payer p
set chosen_source_id = s.id
from source s
where p.institution_id = $1 and p.id = $2
  and s.institution_id = $1 and s.id = $3 and s.payer_id = p.id and s.state = 'active'
returning p.id

-- name: order_sources
-- Those named come first and in this order; the others follow, the oldest first.
update source
set rank = coalesce(array_position($3::text[], id), 1000)
where institution_id = $1 and payer_id = $2 and state = 'active'

-- name: close_linked_source
-- Closes an account at a scheme: it is charged no more. No row: it is closed, another's, or one here.
update source
set state = 'closed'
where institution_id = $1 and id = $2 and payer_id = $3 and state = 'active' and channel_account_id is not null
returning id

-- name: read_kept_token
-- What the scheme gave for an account that is linked, or was unlinked without the scheme knowing yet.
select sealed_token
from source
where institution_id = $1 and id = $2

-- name: forget_token
-- The scheme knows that the account is charged no more: what it gave is of no use.
update source
set sealed_token = null
where institution_id = $1 and id = $2 and state = 'closed'

-- name: choose_another
-- Whose chosen source $3 is gone pays from the first of those that are left.
update payer p
set chosen_source_id = s.id
from (
  select id, payer_id
  from source
  where institution_id = $1 and payer_id = $2 and state = 'active'
  order by rank, id
  limit 1
) as s
where p.institution_id = $1 and p.id = $2 and p.chosen_source_id = $3 and s.payer_id = p.id
