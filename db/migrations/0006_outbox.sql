-- 0006 outbox: what must still be done, and what streams are told.
--
-- A message is written in the transaction that made it true and delivered at least once, in order
-- per consumer and subject. Reminders (is_reminder) stand outside that order. A delivered message
-- is deleted, so the table stays as small as the backlog.

create table outbox_message (
  institution_id text not null,
  consumer text not null,                     -- notice, stock, payment_check
  id text not null,                           -- msg_…
  subject_id text not null,
  is_reminder boolean not null default false,
  payload json not null,                      -- never looked into here, so kept as it was written
  due_at timestamptz not null,
  attempts int not null default 0,
  leased_until timestamptz,
  last_error text,
  primary key (institution_id, consumer, subject_id, id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- Partial, so that only a query about times can use it. Of a table that is nearly always empty the
-- planner knows nothing, and would take this index for what goes by the subject.
create index outbox_message_due on outbox_message (institution_id, consumer, due_at, id)
  where due_at is not null;

-- Events are told to open streams. Ids sort by time; a reader goes on after the last it has seen.
create table event (
  institution_id text not null,
  id text not null,                           -- evt_…
  type text not null,                         -- payment.succeeded
  subject_id text not null,
  merchant_id text,
  terminal_id text,
  payer_id text,
  party_id text,
  payload json not null,
  occurred_at timestamptz not null,
  primary key (institution_id, id)
);
