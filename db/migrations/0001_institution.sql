-- 0001 institution: who keeps a set of books, and whose payment codes are known.
--
-- An institution is the tenant wall and the shard key: every other table's keys begin with it.
-- Issuers are rows, so that a new kind of code is taken in without a release (P2, P13).

create table institution (
  id text primary key,                        -- ins_demo
  name text not null,
  name_en text not null,
  currency char(3) not null,                  -- ISO 4217, the currency of its wallets
  time_zone text not null,                    -- whose local day limits and totals count in
  code_prefix char(2) not null unique,        -- of its own online payment codes: 80, 82, …
  code_life_seconds int not null default 60 check (code_life_seconds between 10 and 86400),
  code_grace_seconds int not null default 10 check (code_grace_seconds between 0 and 60),
  confirm_seconds int not null default 120 check (confirm_seconds between 10 and 3600),
  guesses_per_terminal_day int not null default 20 check (guesses_per_terminal_day > 0),
  state text not null default 'active' check (state in ('active', 'closed')),
  created_at timestamptz not null
);

create table issuer (
  id text primary key,                        -- wechat, alipay, onetill_80, …
  institution_id text references institution (id), -- set for our own codes only
  scheme text not null,
  prefixes text[] not null,
  min_length int not null check (min_length between 1 and 512),
  max_length int not null check (max_length between 1 and 512),
  pattern text,                               -- 'digits' or 'emv_cpm'
  default_kind text not null,
  valid_from timestamptz not null,
  valid_until timestamptz,
  constraint issuer_lengths check (min_length <= max_length)
);

-- Each process polls this row and reloads its copy of the issuers when the version moves.
create table issuer_version (only_row boolean primary key default true check (only_row), version bigint not null);
insert into issuer_version (version) values (1);
