-- 0017 notice: merchants' servers that are told of events (webhooks), and what was told them.

create table webhook_endpoint (
  institution_id text not null,
  id text not null,                           -- wbh_…
  owner_id text not null,                     -- mch_… or pty_…: whose events it is told
  url text not null,
  description text,
  event_types text[] not null,                -- '*' stands for all
  state text not null default 'active' check (state in ('active', 'paused', 'disabled', 'deleted')),
  disabled_reason text check (disabled_reason in ('gone', 'failing')),
  sealed_secrets bytea not null,              -- AES-256-GCM under the master key
  secret_changed_at timestamptz not null,
  old_secret_until timestamptz,               -- until when the secret before signs too
  tells_from timestamptz not null,            -- what happened before is not told
  failing_since timestamptz,                  -- nothing has arrived since; null: the last one did
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (institution_id, id),
  constraint webhook_endpoint_disabled check ((state = 'disabled') = (disabled_reason is not null))
);

create index webhook_endpoint_owner on webhook_endpoint (institution_id, owner_id, id);

-- One row for each endpoint and event: the backlog, and the log of the last weeks. The body is kept
-- because a try may come after the event itself is forgotten.
create table webhook_delivery (
  institution_id text not null,
  id text not null,                           -- wdl_…
  endpoint_id text not null,
  event_id text not null,                     -- evt_…, the receiver's webhook-id
  event_type text not null,
  body text not null,
  state text not null default 'pending' check (state in ('pending', 'succeeded', 'failed')),
  attempts int not null default 0,
  rung int not null default 0,                -- failures on this climb of the retry ladder
  due_at timestamptz,                         -- of the next try
  leased_until timestamptz,                   -- a process is at it
  status int,                                 -- of the last answer
  problem text,                               -- of the last try
  attempt_log json not null default '[]',
  created_at timestamptz not null,
  completed_at timestamptz,
  primary key (institution_id, id),
  constraint webhook_delivery_event unique (institution_id, endpoint_id, event_id),
  constraint webhook_delivery_due check ((state = 'pending') = (due_at is not null)),
  constraint webhook_delivery_final check ((state = 'pending') = (completed_at is null))
) with (fillfactor = 80);

create index webhook_delivery_waiting on webhook_delivery (institution_id, endpoint_id, due_at, id)
  where state = 'pending';
create index webhook_delivery_of_endpoint on webhook_delivery (institution_id, endpoint_id, id);

-- How far the events of an institution were looked through for endpoints that want them.
create table webhook_cursor (
  institution_id text not null,
  position text not null,                     -- evt_…
  swept_at timestamptz not null,              -- when it last looked back far
  primary key (institution_id)
);
