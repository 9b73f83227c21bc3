-- 0021 terminal: device keys, remote permission, positions (P21, P22).

-- What a merchant, a store or a terminal may do, as its own level says it; null: this level says nothing.
-- A terminal's own lock stands here too, and nowhere else.
create table terminal_permission (
  institution_id text not null,
  subject_id text not null,                   -- mch_…, str_…, trm_…
  scope text not null check (scope in ('merchant', 'store', 'terminal')),
  may_take_payment boolean,
  may_refund boolean,
  may_reverse boolean,
  limit_per_payment_minor bigint check (limit_per_payment_minor > 0),
  limit_per_day_minor bigint check (limit_per_day_minor > 0),
  hours jsonb,                                -- [{days: [1, …, 7], from: "08:00", until: "22:00"}]
  schemes text[],                             -- onetill, wechat, alipay, unionpay, …
  fence_radius_m int check (fence_radius_m >= 0), -- 0: no fence, whatever stands above
  fence_action text check (fence_action in ('refuse', 'flag', 'ask')),
  is_locked boolean not null default false,
  reason text,                                -- of the last change
  updated_by text not null,
  updated_at timestamptz not null,
  version int not null default 1,
  primary key (institution_id, subject_id)
);

insert into terminal_permission (institution_id, subject_id, scope, may_take_payment, may_refund,
  limit_per_payment_minor, is_locked, updated_by, updated_at)
select institution_id, id, 'terminal', case when may_take_payment then null else false end,
  case when may_refund then null else false end, limit_per_payment_minor, state = 'locked', 'migration', created_at
from terminal
where state = 'locked' or not may_take_payment or not may_refund or limit_per_payment_minor is not null;

update terminal set activated_at = created_at where activated_at is null and state = 'active';

alter table terminal
  drop column state,
  drop column may_take_payment,
  drop column may_refund,
  drop column limit_per_payment_minor,
  add column public_key bytea check (octet_length(public_key) = 32), -- Ed25519; its requests are signed with it
  add column app_version text,
  add column heartbeat_at timestamptz,
  add column configuration_version text,      -- what the device last said that it follows
  add column position_at timestamptz,         -- when latitude and longitude were measured
  add column position_flags text not null default '', -- what is odd about the place, by spaces
  add column position_distance_m int,         -- from its store
  add column is_mock boolean not null default false;

create index terminal_by_store on terminal (institution_id, store_id, id);

-- Where terminals were, as they said it; kept for some weeks. What a payment says of its place stays with it.
create table terminal_position (
  institution_id text not null,
  terminal_id text not null,
  seen_at timestamptz not null,
  measured_at timestamptz not null,
  latitude double precision not null,
  longitude double precision not null,
  accuracy_m double precision,
  is_mock boolean not null default false,
  flags text not null default '',
  distance_m int,
  source text not null check (source in ('payment', 'heartbeat')),
  primary key (institution_id, terminal_id, seen_at)
);

create index terminal_position_by_time on terminal_position (institution_id, seen_at);

-- Signed requests, each once. The period counts ten minutes by the time in the signature, so that one key
-- serves the guard and the purge.
create table terminal_nonce (
  institution_id text not null,
  period int not null,
  terminal_id text not null,
  nonce text not null,
  request_id text not null,
  primary key (institution_id, period, terminal_id, nonce)
);

-- What was done about a terminal, its store and its merchant is shown with the terminal.
create index trail_entry_by_subject on trail_entry (institution_id, subject, number);
