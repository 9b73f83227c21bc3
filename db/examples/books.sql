-- One payment of 250.00 yuan, as the books see it. All amounts are fen.
-- Run by test/examples.test.ts; what it prints stands beside this file in books.out.

-- Accounts are named by nouns. A credit account owes; a floor says how far it may sink.
insert into ledger_account (institution_id, id, currency, normal_side, floor_minor, created_at) values
  ('ins_demo', 'bank:cash', 'CNY', 'debit', null, '2026-11-23'),
  ('ins_demo', 'wallet:pyr_li:balance', 'CNY', 'credit', 0, '2026-11-23'),
  ('ins_demo', 'merchant:mch_tea:payable', 'CNY', 'credit', 0, '2026-11-23'),
  ('ins_demo', 'agent:pty_wu:payable', 'CNY', 'credit', 0, '2026-11-23'),
  ('ins_demo', 'institution:fees', 'CNY', 'credit', null, '2026-11-23');

-- Li has paid 1,000.00 yuan into her wallet, and then pays 250.00 at the tea shop: 95 fen are the
-- handling fee of 0.38 %, 25 fen the agent's share, and the shop has the rest.
insert into ledger_transfer (institution_id, subject_id, leg, kind, debit_account_id, credit_account_id,
  currency, amount_minor, event_at, recorded_at) values
  ('ins_demo', 'src_li', 1, 'opening_balance', 'bank:cash', 'wallet:pyr_li:balance', 'CNY', 100000, '2026-11-23', '2026-11-23'),
  ('ins_demo', 'pay_1', 1, 'payment_net', 'wallet:pyr_li:balance', 'merchant:mch_tea:payable', 'CNY', 24880, '2026-11-23', '2026-11-23'),
  ('ins_demo', 'pay_1', 2, 'payment_fee', 'wallet:pyr_li:balance', 'institution:fees', 'CNY', 95, '2026-11-23', '2026-11-23'),
  ('ins_demo', 'pay_1', 3, 'payment_agent_share', 'wallet:pyr_li:balance', 'agent:pty_wu:payable', 'CNY', 25, '2026-11-23', '2026-11-23');

-- One update per account and batch.
update ledger_account a
set debits_posted_minor = a.debits_posted_minor + b.debits_minor,
  credits_posted_minor = a.credits_posted_minor + b.credits_minor
from (values ('bank:cash', 100000, 0), ('wallet:pyr_li:balance', 25000, 100000),
  ('merchant:mch_tea:payable', 0, 24880), ('institution:fees', 0, 95), ('agent:pty_wu:payable', 0, 25))
  as b (id, debits_minor, credits_minor)
where a.institution_id = 'ins_demo' and a.id = b.id;

-- Who has what.
select id, normal_side, case normal_side when 'credit' then credits_posted_minor - debits_posted_minor
  else debits_posted_minor - credits_posted_minor end as balance_minor
from ledger_account where institution_id = 'ins_demo' order by id;

-- The parts make the whole, and the books balance.
select subject_id, count(*) as legs, sum(amount_minor) as amount_minor
from ledger_transfer where institution_id = 'ins_demo' group by subject_id order by subject_id;

select sum(debits_posted_minor) as debits_minor, sum(credits_posted_minor) as credits_minor
from ledger_account where institution_id = 'ins_demo';

-- What the database itself refuses. Li has 750.00 left, and cannot spend 750.01.
update ledger_account set debits_posted_minor = debits_posted_minor + 75001
where institution_id = 'ins_demo' and id = 'wallet:pyr_li:balance';

-- The same leg of the same payment is booked once.
insert into ledger_transfer (institution_id, subject_id, leg, kind, debit_account_id, credit_account_id,
  currency, amount_minor, event_at)
values ('ins_demo', 'pay_1', 1, 'payment_net', 'wallet:pyr_li:balance', 'merchant:mch_tea:payable', 'CNY', 1, '2026-11-23');

-- Money does not move from an account to itself, nor by nothing.
insert into ledger_transfer (institution_id, subject_id, leg, kind, debit_account_id, credit_account_id,
  currency, amount_minor, event_at)
values ('ins_demo', 'pay_2', 1, 'payment_net', 'bank:cash', 'bank:cash', 'CNY', 1, '2026-11-23');

insert into ledger_transfer (institution_id, subject_id, leg, kind, debit_account_id, credit_account_id,
  currency, amount_minor, event_at)
values ('ins_demo', 'pay_2', 1, 'payment_net', 'bank:cash', 'institution:fees', 'CNY', 0, '2026-11-23');

-- And the running program has no right to rewrite what was booked.
set role onetill_app;
update ledger_transfer set amount_minor = 1;
