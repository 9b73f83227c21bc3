-- 0012 channel: the accounts at counterparts through which charges go.

create table channel_account (
  institution_id text not null,
  id text not null,                           -- cha_…
  channel text not null check (channel in ('wechat', 'alipay', 'unionpay', 'bankcard', 'interbank')),
  scheme text not null,                       -- whose codes it charges: wechat, alipay, unionpay, onetill
  name text not null,
  acquirer text,                              -- the bank in between; null: reached directly
  settlement text not null check (settlement in ('direct', 'pooled')),
  merchant_id text,                           -- null: for every merchant of the institution
  state text not null default 'active' check (state in ('active', 'paused', 'closed')),
  cost_bps int not null default 0 check (cost_bps between 0 and 10000),
  concurrency int not null default 32 check (concurrency between 1 and 1000),
  settings json not null,                     -- what is no secret: addresses, numbers, times
  sealed_keys bytea not null,                 -- AES-256-GCM under the master key
  key_hints json not null,                    -- by name: when it was set, and a fingerprint
  version int not null default 1,             -- counts changes of settings and keys
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (institution_id, id)
);

-- Processes hold copies of the accounts; they look here for whether theirs is old.
create table channel_version (
  institution_id text not null,
  version bigint not null,
  primary key (institution_id)
);
