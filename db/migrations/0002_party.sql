-- 0002 party: agents and platforms, merchants and their stores, the people who sign in, and the
-- bearer credentials of all of them.

create table party (
  institution_id text not null,
  id text not null,                           -- pty_…
  kind text not null check (kind in ('agent', 'platform')),
  name text not null,
  state text not null default 'active' check (state in ('active', 'closed')),
  created_at timestamptz not null,
  primary key (institution_id, id)
);

create table merchant (
  institution_id text not null,
  id text not null,                           -- mch_…
  name text not null,
  category char(4) not null,                  -- merchant category code, ISO 18245
  agent_id text,
  platform_id text,
  is_house boolean not null default false,    -- the institution itself, for top-ups
  state text not null default 'active' check (state in ('active', 'closed')),
  created_at timestamptz not null,
  primary key (institution_id, id),
  constraint merchant_agent foreign key (institution_id, agent_id) references party (institution_id, id),
  constraint merchant_platform foreign key (institution_id, platform_id) references party (institution_id, id)
);

create unique index merchant_one_house on merchant (institution_id) where is_house;

create table store (
  institution_id text not null,
  id text not null,                           -- str_…
  merchant_id text not null,
  name text not null,
  kind text not null check (kind in ('small_store', 'supermarket', 'restaurant', 'online', 'other')),
  address text,
  latitude double precision check (latitude between -90 and 90),
  longitude double precision check (longitude between -180 and 180),
  state text not null default 'active' check (state in ('active', 'closed')),
  created_at timestamptz not null,
  primary key (institution_id, id),
  constraint store_merchant foreign key (institution_id, merchant_id) references merchant (institution_id, id)
);

create index store_by_merchant on store (institution_id, merchant_id, id);

create table person (
  institution_id text not null,
  id text not null,                           -- per_…
  login text not null,
  name text not null,
  password_hash text not null,                -- argon2id, PHC string
  role text not null check (role in ('operator', 'merchant', 'agent', 'bank')),
  merchant_id text,                           -- for role merchant
  party_id text,                              -- for role agent
  state text not null default 'active' check (state in ('active', 'closed')),
  created_at timestamptz not null,
  primary key (institution_id, id),
  constraint person_login unique (institution_id, login)
);

-- A bearer is looked up by its hash; the token itself is stored nowhere.
create table credential (
  institution_id text not null,
  token_hash bytea not null,                  -- SHA-256
  kind text not null check (kind in ('merchant_key', 'party_key', 'terminal', 'payer', 'staff')),
  subject_id text not null,                   -- merchant, party, terminal, payer or person
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz,
  primary key (institution_id, token_hash)
);

create index credential_by_subject on credential (institution_id, subject_id);
