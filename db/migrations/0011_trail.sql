-- 0011 trail: who did what and why. Append-only, each entry hashed over the one before it.

create table trail_head (
  institution_id text primary key,
  number bigint not null,
  hash bytea not null
);

create table trail_entry (
  institution_id text not null,
  number bigint not null,
  id text not null,                           -- trl_…
  at timestamptz not null,
  actor text not null,                        -- person:per_…, payer:pyr_…, operator command
  action text not null,                       -- merchant.create
  subject text not null,
  detail jsonb not null,
  previous_hash bytea not null,
  hash bytea not null,
  primary key (institution_id, number),
  constraint trail_entry_id unique (institution_id, id)
);

-- The answers of POSTs that were sent with an Idempotency-Key, so that a repeat gets the same.
-- Payments keep their own key in their own row.
create table idempotency (
  institution_id text not null,
  scope text not null,                        -- who, method and path
  key text not null,
  request_fingerprint bytea not null,
  status int not null,
  response jsonb not null,
  created_at timestamptz not null,
  primary key (institution_id, scope, key)
);
