-- 0010 notice: the inboxes of payers and third parties (P14, P15). Written once from the outbox.

create table notice (
  institution_id text not null,
  recipient_id text not null,                 -- a payer or a party
  id text not null,                           -- ntc_…, made when the message was
  kind text not null check (kind in ('debit_instruction', 'netting_notice')),
  payment_id text not null,
  amount_minor bigint not null,
  currency char(3) not null,
  merchant_name text not null,
  occurred_at timestamptz not null,
  read_at timestamptz,
  primary key (institution_id, recipient_id, id)
);
