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
  payload jsonb not null,
  due_at timestamptz not null,
  attempts int not null default 0,
  leased_until timestamptz,
  last_error text,
  primary key (institution_id, consumer, id)
);

create index outbox_message_by_subject on outbox_message (institution_id, consumer, subject_id, id);
create index outbox_message_due on outbox_message (institution_id, consumer, due_at, id);

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
  payload jsonb not null,
  occurred_at timestamptz not null,
  primary key (institution_id, id)
);
