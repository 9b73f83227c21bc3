-- 0022 wallet: payers’ devices and the codes they show without a network (P8).

-- A device holds a key of its own, by which its codes are proved. Frozen can be undone, revoked not.
create table payer_device (
  institution_id text not null,
  id text not null,                           -- dev_…
  payer_id text not null,
  number int not null check (number > 0),     -- what its aliases hide; never given out twice
  name text not null,
  platform text not null,
  state text not null default 'active' check (state in ('active', 'frozen', 'revoked')),
  sealed_key bytea not null,                  -- 32 bytes, AES-256-GCM under the master key
  clock_offset_ms int,                        -- how much our clock was ahead of the device's, when it last said
  created_at timestamptz not null,
  last_seen_at timestamptz,
  primary key (institution_id, id),
  constraint payer_device_number unique (institution_id, number)
);

create index payer_device_by_payer on payer_device (institution_id, payer_id, id);

-- The last number that an institution gave to a device.
create table device_counter (
  institution_id text not null,
  last_number int not null,
  primary key (institution_id)
);

-- Codes with a wrong time, as tried on one payer's aliases on one local day.
create table payer_guess (
  institution_id text not null,
  payer_id text not null,
  day date not null,
  wrong int not null,
  primary key (institution_id, payer_id, day)
);

-- An alias that was handed out to a device is a code too: its hash is that of prefix and alias.
alter table payment_code
  add column device_id text,                  -- null: a code made online
  add column epoch int,
  add column seq smallint,                    -- the alias hides it, with the number of the device
  add column wrong_tries smallint not null default 0,
  add column stopped text check (stopped in ('burnt', 'frozen', 'revoked', 'replaced')),
  add constraint payment_code_offline check ((device_id is null) = (epoch is null) and (device_id is null) = (seq is null));

create unique index payment_code_of_device on payment_code (institution_id, device_id, epoch, seq)
  where device_id is not null;

-- Whether the code was made without a network: what was, counts in the limit of such codes.
alter table wallet_debit add column is_offline boolean not null default false;
