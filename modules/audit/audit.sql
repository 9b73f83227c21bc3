-- name: institutions
select id from institution order by id

-- name: i1_books_balance
-- Per currency, what was debited is what was credited, posted and pending.
select currency as what,
  format('debits %s and credits %s posted; debits %s and credits %s pending', sum(debits_posted_minor),
    sum(credits_posted_minor), sum(debits_pending_minor), sum(credits_pending_minor)) as problem
from ledger_account
where institution_id = $1
group by currency
having sum(debits_posted_minor) <> sum(credits_posted_minor)
  or sum(debits_pending_minor) <> sum(credits_pending_minor)

-- name: i1_transfers_have_accounts
-- Both accounts of each transfer exist, in its currency: no foreign key says so (decision 0002).
select t.subject_id || '.' || t.leg as what, 'an account is missing or in another currency' as problem
from ledger_transfer t
left join ledger_account d
  on d.institution_id = t.institution_id and d.id = t.debit_account_id and d.currency = t.currency
left join ledger_account c
  on c.institution_id = t.institution_id and c.id = t.credit_account_id and c.currency = t.currency
where t.institution_id = $1 and (d.id is null or c.id is null)
limit 20

-- name: i2_balances_are_sums
-- Stored balances equal the sums of the transfers, account by account.
with moved as (
  select account_id, sum(debit_minor) as debits_minor, sum(credit_minor) as credits_minor,
    sum(pending_debit_minor) as pending_debits_minor, sum(pending_credit_minor) as pending_credits_minor
  from (
    select debit_account_id as account_id,
      case when state in ('posted', 'posting') then amount_minor else 0 end as debit_minor, 0 as credit_minor,
      case state when 'pending' then amount_minor when 'posted' then 0 else -amount_minor end as pending_debit_minor,
      0 as pending_credit_minor
    from ledger_transfer where institution_id = $1
    union all
    select credit_account_id, 0, case when state in ('posted', 'posting') then amount_minor else 0 end, 0,
      case state when 'pending' then amount_minor when 'posted' then 0 else -amount_minor end
    from ledger_transfer where institution_id = $1
  ) as sides
  group by account_id
)
select a.id as what,
  format('stored debits %s and credits %s, transfers say %s and %s', a.debits_posted_minor,
    a.credits_posted_minor, coalesce(m.debits_minor, 0), coalesce(m.credits_minor, 0)) as problem
from ledger_account a
left join moved m on m.account_id = a.id
where a.institution_id = $1
  and (a.debits_posted_minor <> coalesce(m.debits_minor, 0)
    or a.credits_posted_minor <> coalesce(m.credits_minor, 0)
    or a.debits_pending_minor <> coalesce(m.pending_debits_minor, 0)
    or a.credits_pending_minor <> coalesce(m.pending_credits_minor, 0))
limit 20

-- name: i2_floors_hold
select id as what, format('the balance is below its floor of %s', floor_minor) as problem
from ledger_account
where institution_id = $1 and floor_minor is not null
  and case normal_side
    when 'credit' then credits_posted_minor - debits_posted_minor - debits_pending_minor
    else debits_posted_minor - credits_posted_minor - credits_pending_minor end < floor_minor
limit 20

-- name: i2_limits_are_sums
-- Each limit counter is the sum of the succeeded purchases of its mandate and period.
with used as (
  select mandate_id, period, sum(amount_minor) as used_minor
  from (
    select mandate_id, to_char(limit_day, 'YYYY-MM-DD') as period, amount_minor
    from payment
    where institution_id = $1 and state = 'succeeded' and kind = 'purchase' and mandate_id is not null
    union all
    select mandate_id, to_char(limit_day, 'YYYY-MM'), amount_minor
    from payment
    where institution_id = $1 and state = 'succeeded' and kind = 'purchase' and mandate_id is not null
  ) as uses
  group by mandate_id, period
)
select coalesce(l.mandate_id, u.mandate_id) || ' ' || coalesce(l.period, u.period) as what,
  format('the counter says %s, the payments say %s', l.used_minor, u.used_minor) as problem
from (select mandate_id, period, used_minor from limit_counter where institution_id = $1) as l
full join used u on u.mandate_id = l.mandate_id and u.period = l.period
where coalesce(l.used_minor, 0) <> coalesce(u.used_minor, 0)
limit 20

-- name: i3_order_once
select merchant_id || ' ' || order_no as what, format('%s payments have this order number', count(*)) as problem
from payment where institution_id = $1
group by merchant_id, order_no having count(*) > 1
limit 20

-- name: i3_key_once
select merchant_id as what, format('%s payments have one idempotency key', count(*)) as problem
from payment where institution_id = $1
group by merchant_id, idempotency_key having count(*) > 1
limit 20

-- name: i3_code_once
-- A payment by our own code has taken exactly one code, and no two payments the same.
select p.id as what, format('the payment has taken %s codes', count(c.code_hash)) as problem
from payment p
left join payment_code c on c.institution_id = p.institution_id and c.payment_id = p.id
where p.institution_id = $1 and p.kind = 'purchase' and p.scheme = 'onetill'
  and p.created_at >= $2
group by p.id
having count(c.code_hash) <> 1
limit 20

-- name: i3_used_codes_have_payments
select encode(substr(c.code_hash, 1, 4), 'hex') as what, 'a used code names no payment' as problem
from payment_code c
left join payment p on p.institution_id = c.institution_id and p.id = c.payment_id
where c.institution_id = $1 and c.used_at is not null and p.id is null
limit 20

-- name: i5_nothing_hangs
-- What waits for its payer ends when its time is over; $2 is the latest time that may have passed.
select id as what, format('still processing, its time ended at %s', confirm_expires_at) as problem
from payment
where institution_id = $1 and state = 'processing' and coalesce(confirm_expires_at, created_at) < $2
limit 20

-- name: i7_told_once
-- Each final payment of the days that events are kept was told to the streams exactly once.
select p.id as what, format('%s events tell that it is %s', count(e.id), p.state) as problem
from payment p
left join event e
  on e.institution_id = p.institution_id and e.subject_id = p.id and e.type = 'payment.' || p.state
where p.institution_id = $1 and p.state <> 'processing' and p.completed_at >= $2
group by p.id, p.state
having count(e.id) <> 1
limit 20

-- name: i7_payer_told_once
-- Each succeeded purchase's debit instruction is in the payer's inbox or still in the outbox.
with told as (
  select payment_id from notice where institution_id = $1 and kind = 'debit_instruction'
  union all
  select subject_id from outbox_message
  where institution_id = $1 and consumer = 'notice' and payload ->> 'kind' = 'debit_instruction'
)
select p.id as what, format('%s debit instructions were sent', count(t.payment_id)) as problem
from payment p
left join told t on t.payment_id = p.id
where p.institution_id = $1 and p.state = 'succeeded' and p.kind = 'purchase' and p.payer_id is not null
group by p.id
having count(t.payment_id) <> 1
limit 20

-- name: i8_parts_make_the_whole
-- The transfers of a succeeded payment sum up to its amount; any other payment has none.
select p.id as what,
  format('%s of %s, its transfers sum up to %s', p.state, p.amount_minor, coalesce(sum(t.amount_minor), 0)) as problem
from payment p
left join ledger_transfer t on t.institution_id = p.institution_id and t.subject_id = p.id
where p.institution_id = $1
group by p.id, p.state, p.amount_minor
having coalesce(sum(t.amount_minor), 0) <> case p.state when 'succeeded' then p.amount_minor else 0 end
limit 20

-- name: i8_sales_are_sums
select s.merchant_id || '/' || s.sale_no as what,
  format('the sale says %s paid, its payments say %s', s.paid_minor, coalesce(sum(p.amount_minor), 0)) as problem
from sale s
left join payment p
  on p.institution_id = s.institution_id and p.merchant_id = s.merchant_id and p.sale_no = s.sale_no
  and p.state = 'succeeded'
where s.institution_id = $1
group by s.merchant_id, s.sale_no, s.paid_minor
having s.paid_minor <> coalesce(sum(p.amount_minor), 0)
limit 20

-- name: i9_states_follow
-- Transitions are numbered without a gap, begin from nothing, go on from where they were, never
-- leave a final state, and end where the payment is.
with steps as (
  select payment_id, number, from_state, to_state,
    lag(to_state) over (partition by payment_id order by number) as before_state,
    row_number() over (partition by payment_id order by number) as place,
    row_number() over (partition by payment_id order by number desc) as from_last
  from payment_transition where institution_id = $1
)
select p.id as what, format('transition %s from %s to %s, the payment is %s', s.number, s.from_state, s.to_state,
  p.state) as problem
from payment p
left join steps s on s.payment_id = p.id
where p.institution_id = $1
  and (s.payment_id is null
    or s.number <> s.place
    or s.from_state is distinct from s.before_state
    or s.before_state in ('succeeded', 'failed', 'reversed')
    or (s.from_last = 1 and s.to_state <> p.state))
limit 20

-- name: text_columns
-- Where text could stand that must not: what merchants name themselves is theirs.
select table_name::text as table_name, column_name::text as column_name
from information_schema.columns
where table_schema = 'public' and data_type in ('text', 'character', 'json', 'jsonb')
  and table_name in (select table_name from information_schema.columns
    where table_schema = 'public' and column_name = 'institution_id')
  and column_name not in ('order_no', 'sale_no', 'idempotency_key', 'sku', 'barcode', 'key', 'subject_id', 'password_hash', 'pin_hash')
order by 1, 2

-- name: counts
select (select count(*) from payment where institution_id = $1) as payments,
  (select count(*) from ledger_transfer where institution_id = $1) as transfers,
  (select count(*) from ledger_account where institution_id = $1) as accounts

-- name: payments_of_journal
-- What became of the payments that a client was told of.
select merchant_id, order_no, id, state, amount_minor::text as amount_minor
from payment
where institution_id = $1 and id = any ($2::text[])
