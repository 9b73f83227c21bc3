-- name: create_endpoint
-- Adds an endpoint.
insert into webhook_endpoint (institution_id, id, owner_id, url, description, event_types,
  sealed_secrets, secret_changed_at, tells_from, created_at, updated_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $8, $8)

-- name: open_cursor
-- Where an institution's first endpoint makes the looking begin.
insert into webhook_cursor (institution_id, position, swept_at)
values ($1, $2, $3)
on conflict (institution_id) do nothing

-- name: count_endpoints
-- How many endpoints $2 has.
select count(*) as count
from webhook_endpoint
where institution_id = $1 and owner_id = $2 and state <> 'deleted'

-- name: list_endpoints
-- A page of the endpoints of $2 (null: of all), the newest first, older than $3.
select id, owner_id, url, description, event_types, state, disabled_reason, secret_changed_at,
  old_secret_until, failing_since, created_at, updated_at
from webhook_endpoint
where institution_id = $1 and ($2::text is null or owner_id = $2) and id < $3 and state <> 'deleted'
order by id desc
limit $4

-- name: read_endpoint
-- Endpoint $2.
select id, owner_id, url, description, event_types, state, disabled_reason, secret_changed_at,
  old_secret_until, failing_since, created_at, updated_at
from webhook_endpoint
where institution_id = $1 and id = $2 and state <> 'deleted'

-- name: lock_endpoint
-- Endpoint $2 with its secrets, until the transaction ends.
select url, description, event_types, state, sealed_secrets
from webhook_endpoint
where institution_id = $1 and id = $2 and state <> 'deleted'
for no key update

-- name: change_endpoint
-- What its owner says anew. Whoever was disabled begins afresh, with what happens from now on.
update webhook_endpoint
set url = $3, description = $4, event_types = $5, state = $6, updated_at = $7,
  disabled_reason = case when $6 = state then disabled_reason end,
  failing_since = case when $6 = state then failing_since end,
  tells_from = case when state = 'disabled' and $6 <> state then $7 else tells_from end
where institution_id = $1 and id = $2

-- name: change_secrets
-- Other secrets, of which the old ones sign too until $5.
update webhook_endpoint
set sealed_secrets = $3, secret_changed_at = $4, old_secret_until = $5, updated_at = $4
where institution_id = $1 and id = $2

-- name: delete_endpoint
-- Told nothing any more. Its secrets go; its row stays for the log of what was told.
update webhook_endpoint
set state = 'deleted', disabled_reason = null, sealed_secrets = '', updated_at = $3
where institution_id = $1 and id = $2 and state <> 'deleted'
returning id

-- name: secrets_of
-- Where a message to endpoint $2 goes, and what signs it.
select url, sealed_secrets
from webhook_endpoint
where institution_id = $1 and id = $2 and state <> 'deleted'

-- name: has_cursor
-- Whether there was ever an endpoint.
select position
from webhook_cursor
where institution_id = $1

-- name: take_cursor
-- The cursor, unless another process is looking.
select position, swept_at
from webhook_cursor
where institution_id = $1
for update skip locked

-- name: page_end
-- The last of up to $3 events after $2: how far one look goes.
select id
from (select id from event where institution_id = $1 and id > $2 order by id limit $3) page
order by id desc
limit 1

-- name: wanted
-- The events after $2, up to and with $3, of the types $4, each with an endpoint that wants it and
-- was not given it yet. Endpoints that are paused are given theirs, and are told later.
select w.id as endpoint_id, w.owner_id, e.id, e.type, e.subject_id, e.merchant_id, e.terminal_id,
  e.payer_id, e.party_id, e.payload, e.occurred_at
from event e
join webhook_endpoint w on w.institution_id = e.institution_id
  and w.owner_id = any (array[e.merchant_id, e.party_id])
where e.institution_id = $1 and e.id > $2 and e.id <= $3 and e.type = any ($4::text[])
  and w.state in ('active', 'paused') and w.tells_from <= e.occurred_at
  and (e.type = any (w.event_types) or '*' = any (w.event_types))
  and not exists (
    select 1 from webhook_delivery d
    where d.institution_id = $1 and d.endpoint_id = w.id and d.event_id = e.id)
order by e.id, w.id
limit $5

-- name: put_deliveries
-- Gives endpoints events. One that was given it already is not given it twice.
insert into webhook_delivery (institution_id, id, endpoint_id, event_id, event_type, body, due_at,
  leased_until, created_at)
select $1, d.id, d.endpoint_id, d.event_id, d.event_type, d.body, $7, $8, $7
from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
  as d (id, endpoint_id, event_id, event_type, body)
on conflict (institution_id, endpoint_id, event_id) do nothing

-- name: move_cursor
-- So far all is looked through; $3 null: it did not look back.
update webhook_cursor
set position = $2, swept_at = coalesce($3, swept_at)
where institution_id = $1

-- name: claim
-- Locks deliveries that are due at $2, up to $7 together, of endpoints that answer ($5 false) or
-- that fail ($5 true): so many of each that, with those under way ($3, $4), it has $6 at most.
select d.id, d.endpoint_id, d.event_id, d.event_type, d.body, d.rung, d.attempt_log, w.url,
  w.sealed_secrets
from webhook_endpoint w
left join unnest($3::text[], $4::int[]) as f (endpoint_id, count) on f.endpoint_id = w.id
cross join lateral (
  select id, endpoint_id, event_id, event_type, body, rung, attempt_log
  from webhook_delivery
  where institution_id = $1 and endpoint_id = w.id and state = 'pending' and due_at <= $2
    and (leased_until is null or leased_until <= $2)
  order by due_at, id
  limit greatest(0, $6::int - coalesce(f.count, 0))
  for update skip locked) d
where w.institution_id = $1 and w.state = 'active' and (w.failing_since is not null) = $5
limit $7

-- name: lease
-- Nobody else sends these before $3.
update webhook_delivery
set leased_until = $3
where institution_id = $1 and id = any ($2::text[])

-- name: release
-- Not sent after all: whoever comes next may.
update webhook_delivery
set leased_until = null
where institution_id = $1 and id = any ($2::text[]) and state = 'pending'

-- name: put_outcomes
-- What became of tries. What has arrived meanwhile by another process's try stays so.
update webhook_delivery d
set state = o.state, rung = o.rung, attempts = d.attempts + 1, due_at = o.due_at, leased_until = null,
  status = o.status, problem = o.problem, attempt_log = o.attempt_log, completed_at = o.completed_at
from unnest($2::text[], $3::text[], $4::int[], $5::timestamptz[], $6::int[], $7::text[], $8::json[],
  $9::timestamptz[])
  as o (id, state, rung, due_at, status, problem, attempt_log, completed_at)
where d.institution_id = $1 and d.id = o.id and d.state = 'pending'

-- name: begin_failing
-- The first failure in a row of each.
update webhook_endpoint
set failing_since = $3
where institution_id = $1 and id = any ($2::text[]) and failing_since is null

-- name: end_failing
-- Something arrived.
update webhook_endpoint
set failing_since = null
where institution_id = $1 and id = any ($2::text[]) and failing_since is not null

-- name: disable
-- Told nothing any more: those of $2 that fail since $4 or longer (null: however long).
update webhook_endpoint
set state = 'disabled', disabled_reason = $3, updated_at = $5
where institution_id = $1 and id = any ($2::text[]) and state in ('active', 'paused')
  and ($4::timestamptz is null or failing_since <= $4)
returning id

-- name: fail_stopped
-- What still waits for endpoints that are disabled or deleted, some at a time.
update webhook_delivery
set state = 'failed', problem = 'endpoint_stopped', due_at = null, leased_until = null,
  completed_at = $2
where institution_id = $1 and id in (
  select d.id
  from webhook_endpoint w
  join webhook_delivery d on d.institution_id = w.institution_id and d.endpoint_id = w.id
  where w.institution_id = $1 and w.state in ('disabled', 'deleted') and d.state = 'pending'
    and (d.leased_until is null or d.leased_until <= $2)
  limit $3)

-- name: purge
-- Forgets what was made before the id $2, some at a time.
delete from webhook_delivery
where institution_id = $1 and id in (
  select id from webhook_delivery where institution_id = $1 and id < $2 order by id limit $3)

-- name: list_deliveries
-- A page of what the endpoints of $2 (null: of all) were told, the newest first, older than $3; of
-- endpoint $4, in state $5, about event $6 when these are given.
select d.id, d.endpoint_id, d.event_id, d.event_type, d.body, d.state, d.attempts, d.due_at, d.status,
  d.problem, d.attempt_log, d.created_at, d.completed_at
from webhook_delivery d
join webhook_endpoint w on w.institution_id = d.institution_id and w.id = d.endpoint_id
where d.institution_id = $1 and ($2::text is null or w.owner_id = $2) and d.id < $3
  and ($4::text is null or d.endpoint_id = $4) and ($5::text is null or d.state = $5)
  and ($6::text is null or d.event_id = $6)
order by d.id desc
limit $7

-- name: read_delivery
-- Delivery $2, and whose it is.
select d.id, d.endpoint_id, d.event_id, d.event_type, d.body, d.state, d.attempts, d.due_at, d.status,
  d.problem, d.attempt_log, d.created_at, d.completed_at, w.owner_id, w.state as endpoint_state
from webhook_delivery d
join webhook_endpoint w on w.institution_id = d.institution_id and w.id = d.endpoint_id
where d.institution_id = $1 and d.id = $2

-- name: resend
-- Sent again at $3 as if for the first time.
update webhook_delivery
set state = 'pending', rung = 0, due_at = $3, completed_at = null
where institution_id = $1 and id = $2
