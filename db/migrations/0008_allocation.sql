-- 0008 allocation: how one payment is shared, by versions of a merchant's rule (P29).

create table allocation_rule (
  institution_id text not null,
  merchant_id text not null,
  version int not null check (version > 0),
  effective_at timestamptz not null,
  created_by text not null,
  created_at timestamptz not null,
  primary key (institution_id, merchant_id, version)
);

create table allocation_line (
  institution_id text not null,
  merchant_id text not null,
  version int not null,
  line_no smallint not null,
  role text not null check (role in ('fee', 'platform', 'agent')),
  party_id text,                              -- null for the fee: it stays with the institution
  bps int not null check (bps between 0 and 10000),
  base text not null default 'gross' check (base in ('gross', 'fee')),
  minimum_minor bigint not null default 0 check (minimum_minor >= 0),
  cap_minor bigint check (cap_minor >= minimum_minor),
  primary key (institution_id, merchant_id, version, line_no),
  constraint allocation_line_party check ((role = 'fee') = (party_id is null)),
  constraint allocation_line_rule foreign key (institution_id, merchant_id, version)
    references allocation_rule (institution_id, merchant_id, version)
);
