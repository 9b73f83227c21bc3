-- name: put
-- Writes messages in the transaction that made them true.
insert into outbox_message (institution_id, consumer, id, subject_id, is_reminder, payload, due_at,
  channel_account_id)
select $1, m.consumer, m.id, m.subject_id, m.is_reminder, m.payload, m.due_at, m.channel_account_id
from unnest($2::text[], $3::text[], $4::text[], $5::boolean[], $6::json[], $7::timestamptz[], $8::text[])
  as m (consumer, id, subject_id, is_reminder, payload, due_at, channel_account_id)

-- name: take_due
-- Locks up to $4 due messages of consumer $2, oldest first, until the transaction ends. A message
-- waits while an older one about the same subject is undelivered; a reminder does not wait.
select m.id, m.subject_id, m.payload, m.attempts, m.due_at
from outbox_message m
where m.institution_id = $1
  and m.consumer = $2
  and m.due_at <= $3
  and (m.leased_until is null or m.leased_until <= $3)
  and (m.is_reminder or not exists (
    select 1 from outbox_message e
    where e.institution_id = $1 and e.consumer = $2 and e.subject_id = m.subject_id
      and e.id < m.id and not e.is_reminder))
order by m.due_at, m.id
limit $4
for update of m skip locked

-- name: find_leasable
-- Locks up to $4 due messages of consumer $2 that nobody holds, but for those of the accounts $5.
select id, subject_id, payload, due_at, channel_account_id, attempts
from outbox_message
where institution_id = $1 and consumer = $2 and due_at <= $3
  and (leased_until is null or leased_until <= $3)
  and (channel_account_id is null or channel_account_id <> all ($5::text[]))
order by due_at, id
limit $4
for update skip locked

-- name: lease
-- Nobody else gets these until $5.
update outbox_message
set leased_until = $5, attempts = attempts + 1
where institution_id = $1 and consumer = $2 and subject_id = any ($3::text[])
  and (id = any ($4::text[])) is true

-- name: hasten
-- What waits for a counterpart that answers again is due now.
update outbox_message
set due_at = $3, leased_until = null
where institution_id = $1 and channel_account_id = $2 and due_at > $3
  and consumer in ('charge_check', 'refund_check', 'unlink')

-- name: done
-- A delivered message is deleted: the table is the backlog and nothing else.
delete from outbox_message
where institution_id = $1 and consumer = $2 and subject_id = any ($3::text[])
  and (id = any ($4::text[])) is true -- looked at when the row is found, and not searched for

-- name: drop_reminders
-- A reminder about something that has come to its end is no longer needed.
delete from outbox_message
where institution_id = $1 and consumer = $2 and subject_id = any ($3::text[]) and is_reminder

-- name: postpone
-- What could not be delivered now comes back at $4, with what went wrong.
update outbox_message
set due_at = $5, attempts = attempts + 1, last_error = $6
where institution_id = $1 and consumer = $2 and subject_id = any ($3::text[])
  and (id = any ($4::text[])) is true

-- name: backlog
-- Messages that are due and not delivered, and the age of the oldest in ms.
select consumer, count(*) as messages,
  coalesce(extract(epoch from $2::timestamptz - min(due_at)) * 1000, 0)::bigint as oldest_ms
from outbox_message
where institution_id = $1 and due_at <= $2
group by consumer
order by consumer

-- name: put_events
-- Writes what streams are told, in the transaction that made it true.
insert into event (institution_id, id, type, subject_id, merchant_id, terminal_id, payer_id, party_id,
  payload, occurred_at)
select $1, e.id, e.type, e.subject_id, e.merchant_id, e.terminal_id, e.payer_id, e.party_id, e.payload,
  e.occurred_at
from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::json[],
  $10::timestamptz[])
  as e (id, type, subject_id, merchant_id, terminal_id, payer_id, party_id, payload, occurred_at)

-- name: read_events
-- What happened after event $2, oldest first.
select id, type, subject_id, merchant_id, terminal_id, payer_id, party_id, payload, occurred_at
from event
where institution_id = $1 and id > $2
order by id
limit $3

-- name: purge_events
-- Forgets events older than the id $2; streams resume from seconds ago, not from days ago.
delete from event
where institution_id = $1 and id < $2
