-- 0015 exception: what a person must decide.
--
-- A row is opened where the thing happened, in the same transaction, and resolved once. The same
-- trouble of the same subject is one row, however often it is met.

create table exception (
  institution_id text not null,
  id text not null,                           -- exc_…
  kind text not null check (kind in ('late_success', 'amount_mismatch', 'stuck_unknown', 'refund_failed')),
  state text not null default 'open' check (state in ('open', 'resolved')),
  subject_id text not null,                   -- the charge or refund it is about
  payment_id text,
  amount_minor bigint not null check (amount_minor >= 0), -- the value at risk
  currency char(3) not null,
  detail json not null,                       -- what was seen: codes and amounts, no secrets
  opened_at timestamptz not null,
  resolved_at timestamptz,
  resolved_by text,                           -- person:per_…, or clock when it resolved itself
  action text,
  note text,
  primary key (institution_id, id),
  constraint exception_once unique (institution_id, kind, subject_id),
  constraint exception_resolved check (
    (state = 'resolved') = (resolved_at is not null and resolved_by is not null and action is not null)
  )
);

create index exception_open on exception (institution_id, id) where state = 'open';
