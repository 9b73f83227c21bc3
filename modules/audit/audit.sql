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
-- Each limit counter is what its mandate has paid or reserved in the period, here or at other
-- institutions, less what refunds gave back. A day's counter says besides how many payments there were,
-- and how much went without a PIN and by codes made offline; of that refunds give nothing back.
with uses as (
  select mandate_id, limit_day, amount_minor - discount_minor as used_minor, 1 as used_count,
    case when needs_pin then 0 else amount_minor - discount_minor end as no_pin_minor,
    case when is_offline then amount_minor - discount_minor else 0 end as offline_minor
  from payment
  where institution_id = $1 and state in ('processing', 'succeeded') and kind = 'purchase'
    and mandate_id is not null and limit_day is not null
  union all
  select mandate_id, limit_day, amount_minor - refunded_minor, 1, case when needs_pin then 0 else amount_minor end,
    case when is_offline then amount_minor else 0 end
  from wallet_debit
  where institution_id = $1 and state = 'succeeded' and mandate_id is not null
  union all
  select p.mandate_id, p.limit_day, -r.payer_minor, 0, 0, 0
  from refund r
  join payment p on p.institution_id = r.institution_id and p.id = r.payment_id
  where r.institution_id = $1 and r.state = 'succeeded' and not r.is_late
    and p.mandate_id is not null and p.limit_day is not null
), used as (
  select mandate_id, period, sum(used_minor) as used_minor, sum(used_count) as used_count,
    sum(no_pin_minor) as no_pin_minor, sum(offline_minor) as offline_minor
  from (
    select mandate_id, to_char(limit_day, 'YYYY-MM-DD') as period, used_minor, used_count, no_pin_minor, offline_minor
    from uses
    union all
    select mandate_id, to_char(limit_day, 'YYYY-MM'), used_minor, 0, 0, 0 from uses
  ) as periods
  group by mandate_id, period
)
select coalesce(l.mandate_id, u.mandate_id) || ' ' || coalesce(l.period, u.period) as what,
  format('the counter says %s (%s, %s, %s), the payments say %s (%s, %s, %s)',
    l.used_minor, l.used_count, l.no_pin_minor, l.offline_minor,
    u.used_minor, u.used_count, u.no_pin_minor, u.offline_minor) as problem
from (
  select mandate_id, period, used_minor, used_count, no_pin_minor, offline_minor
  from limit_counter where institution_id = $1
) as l
full join used u on u.mandate_id = l.mandate_id and u.period = l.period
where (coalesce(l.used_minor, 0), coalesce(l.used_count, 0), coalesce(l.no_pin_minor, 0), coalesce(l.offline_minor, 0))
  <> (coalesce(u.used_minor, 0), coalesce(u.used_count, 0), coalesce(u.no_pin_minor, 0), coalesce(u.offline_minor, 0))
limit 20

-- name: i2_quotas_are_sums
-- Each counter of a quota or a budget is what its payments have reserved, less the part that refunds
-- gave back: of each use the same part as of the price, rounded half up.
with returned as (
  select payment_id, sum(amount_minor) as refunded_minor
  from refund
  where institution_id = $1 and state = 'succeeded' and not is_late
  group by payment_id
), used as (
  select t.use ->> 0 as subject, t.use ->> 1 as period,
    sum((t.use ->> 2)::numeric - div((t.use ->> 2)::numeric * 2 * coalesce(r.refunded_minor, 0) + p.amount_minor,
      2 * p.amount_minor)) as used_minor
  from payment p
  cross join lateral json_array_elements(p.quota_uses) as t (use)
  left join returned r on r.payment_id = p.id
  where p.institution_id = $1 and p.state in ('processing', 'succeeded')
  group by 1, 2
)
select coalesce(q.subject, u.subject) || ' ' || coalesce(q.period, u.period) as what,
  format('the counter says %s, the payments say %s', q.used_minor, u.used_minor) as problem
from (select subject, period, used_minor from quota_counter where institution_id = $1) as q
full join used u on u.subject = q.subject and u.period = q.period
where coalesce(q.used_minor, 0) <> coalesce(u.used_minor, 0)
limit 20

-- name: i2_caps_are_sums
-- What a payer has paid by codes on the wall in a day, less what was refunded of it.
with returned as (
  select payment_id, sum(amount_minor) as refunded_minor
  from refund
  where institution_id = $1 and state = 'succeeded' and not is_late
  group by payment_id
), used as (
  select p.payer_id, p.limit_day as day, sum(p.amount_minor - coalesce(r.refunded_minor, 0)) as used_minor
  from payment p
  left join returned r on r.payment_id = p.id
  where p.institution_id = $1 and p.state in ('processing', 'succeeded') and p.currency = 'CNY'
    and p.payer_id is not null and p.limit_day is not null
    and p.order_no ~ '^mcd_[0-9a-z]{26}-[0-9a-f]{32}$'
  group by p.payer_id, p.limit_day
)
select coalesce(s.payer_id, u.payer_id) || ' ' || coalesce(s.day, u.day) as what,
  format('the counter says %s, the payments say %s', s.used_minor, u.used_minor) as problem
from (select payer_id, day, used_minor from static_counter where institution_id = $1) as s
full join used u on u.payer_id = s.payer_id and u.day = s.day
where coalesce(s.used_minor, 0) <> coalesce(u.used_minor, 0)
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
-- A payment by a code of ours has taken exactly one code, and no two payments the same.
select p.id as what, format('the payment has taken %s codes', count(c.code_hash)) as problem
from payment p
left join payment_code c on c.institution_id = p.institution_id and c.payment_id = p.id
where p.institution_id = $1 and p.kind = 'purchase' and p.scheme = 'onetill' and p.payer_id is not null
  and p.masked_code is not null and p.created_at >= $2
group by p.id
having count(c.code_hash) <> 1
limit 20

-- name: i3_used_codes_have_payments
select encode(substr(c.code_hash, 1, 4), 'hex') as what, 'a used code names no payment' as problem
from payment_code c
left join payment p on p.institution_id = c.institution_id and p.id = c.payment_id
left join wallet_debit d on d.institution_id = c.institution_id and d.id = c.payment_id
where c.institution_id = $1 and c.used_at is not null and p.id is null and d.id is null
limit 20

-- name: i3_channel_number_once
-- What a counterpart calls one payment is one charge of ours.
select channel_account_id || ' ' || min(id) as what,
  format('%s charges have the same number of the counterpart', count(*)) as problem
from charge
where institution_id = $1 and channel_ref is not null and (state = 'succeeded' or is_late)
group by channel_account_id, channel_ref
having count(*) > 1
limit 20

-- name: i5_nothing_hangs
-- What waits for its payer ends when its time is over; $2 is the latest time that may have passed. What
-- a channel has been asked for is looked after by `i5_unknowns_are_asked`.
select p.id as what, format('still processing, its time ended at %s', p.confirm_expires_at) as problem
from payment p
where p.institution_id = $1 and p.state = 'processing' and coalesce(p.confirm_expires_at, p.created_at) < $2
  and not exists (
    select 1 from charge c where c.institution_id = $1 and c.payment_id = p.id and c.state = 'processing')
limit 20

-- name: i5_unknowns_are_asked
-- Whatever a channel still owes an answer for has a reminder, or a person knows of it.
with unknown as (
  select c.id, 'charge_check' as consumer, 'stuck_unknown' as kind
  from charge c where c.institution_id = $1 and c.state = 'processing'
  union all
  select r.id, 'refund_check', 'refund_failed'
  from refund r where r.institution_id = $1 and r.next_action = 'query'
)
select u.id as what, 'nobody will ask what became of it' as problem
from unknown u
where not exists (
    select 1 from outbox_message m
    where m.institution_id = $1 and m.consumer = u.consumer and m.subject_id = u.id)
  and not exists (
    select 1 from exception e
    where e.institution_id = $1 and e.kind = u.kind and e.subject_id = u.id and e.state = 'open')
limit 20

-- name: i6_late_money_is_known
-- Money that came after its payment was given up has gone back, or a person knows of it and has decided
-- or will.
select c.id as what, format('%s came late, and nobody knows of it', c.amount_minor) as problem
from charge c
where c.institution_id = $1 and c.is_late
  and not exists (
    select 1 from refund r
    where r.institution_id = $1 and r.payment_id = c.payment_id and r.charge_id = c.id and r.is_late
      and r.state = 'succeeded')
  and not exists (
    select 1 from exception e
    where e.institution_id = $1 and e.kind = 'late_success' and e.subject_id = c.id
      and (e.state = 'open' or e.resolved_by <> 'clock'))
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

-- name: i7_refunds_told_once
-- Each final refund of the days that events are kept was told to the streams exactly once.
select r.id as what, format('%s events tell that it is %s', count(e.id), r.state) as problem
from refund r
left join event e
  on e.institution_id = r.institution_id and e.subject_id = r.id and e.type = 'refund.' || r.state
where r.institution_id = $1 and r.state <> 'processing' and r.completed_at >= $2
group by r.id, r.state
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
-- The transfers of a succeeded payment sum up to its price less what the merchant gave away of it; any
-- other payment has none. What a channel took is booked under its charges.
select p.id as what,
  format('%s of %s, its transfers sum up to %s', p.state, p.amount_minor, coalesce(sum(t.amount_minor), 0)) as problem
from payment p
left join ledger_transfer t on t.institution_id = p.institution_id and t.subject_id = p.id
where p.institution_id = $1
group by p.id, p.state, p.amount_minor, p.merchant_discount_minor
having coalesce(sum(t.amount_minor), 0) <> case
  when p.state = 'succeeded' and not exists (
    select 1 from charge c where c.institution_id = $1 and c.payment_id = p.id and c.state = 'succeeded' and not c.is_late)
  then p.amount_minor - p.merchant_discount_minor else 0 end
limit 20

-- name: i8_charges_are_booked
-- A charge that was paid is booked as much as its channel owes; with a promotion of the institution's
-- more is shared. One that came late is in suspense. Any other has no transfers.
with booked as (
  select c.id, coalesce(sum(t.amount_minor), 0) as all_minor,
    coalesce(sum(t.amount_minor) filter (where t.debit_account_id = c.debit_account_id), 0) as owed_minor,
    coalesce(sum(t.amount_minor) filter (where t.credit_account_id = 'suspense'), 0) as suspense_minor
  from charge c
  left join ledger_transfer t on t.institution_id = c.institution_id and t.subject_id = c.id
  where c.institution_id = $1
  group by c.id
)
select c.id as what, format('%s of %s, its channel owes %s of %s in the books', c.state, c.amount_minor,
  b.owed_minor, b.all_minor) as problem
from charge c
join booked b on b.id = c.id
join payment p on p.institution_id = c.institution_id and p.id = c.payment_id
where c.institution_id = $1
  and case
    when c.is_late then b.suspense_minor <> c.amount_minor or b.all_minor <> c.amount_minor
    when c.state <> 'succeeded' then b.all_minor <> 0
    when c.settlement = 'direct' then b.owed_minor <> c.amount_minor or b.all_minor <> c.amount_minor
    else b.owed_minor <> c.amount_minor or b.all_minor <> p.amount_minor - p.merchant_discount_minor end
limit 20

-- name: i8_charges_pay_payments
-- A payment that channels were asked for has succeeded when they took what the payer owes, and only then.
select p.id as what, format('%s of %s, its charges took %s', p.state, p.amount_minor - p.discount_minor,
  sum(c.amount_minor) filter (where c.state = 'succeeded' and not c.is_late)) as problem
from payment p
join charge c on c.institution_id = p.institution_id and c.payment_id = p.id
where p.institution_id = $1
group by p.id, p.state, p.road, p.amount_minor, p.discount_minor
having coalesce(sum(c.amount_minor) filter (where c.state = 'succeeded' and not c.is_late), 0) <> case
  when p.state = 'succeeded' and p.road <> 'book' then p.amount_minor - p.discount_minor else 0 end
limit 20

-- name: i8_refunds_fit
-- What stands of a payment's refunds is never more than was paid, nor of a late charge's than came.
with given as (
  select payment_id, is_late, charge_id, sum(amount_minor) as given_minor
  from refund
  where institution_id = $1 and state <> 'failed'
  group by payment_id, is_late, charge_id
)
select g.payment_id as what, format('refunds of %s, paid were %s', g.given_minor,
  case when g.is_late then c.amount_minor else p.amount_minor end) as problem
from given g
left join payment p on p.institution_id = $1 and p.id = g.payment_id
left join charge c on c.institution_id = $1 and c.id = g.charge_id
where case
  when g.is_late then c.id is null or not c.is_late or g.given_minor > c.amount_minor
  else p.id is null or p.state <> 'succeeded' or g.given_minor > p.amount_minor end
limit 20

-- name: i8_refunds_are_booked
-- A succeeded refund has booked what the payer got back, and no more than its amount; any other nothing.
with booked as (
  select r.id, coalesce(sum(t.amount_minor), 0) as all_minor,
    coalesce(sum(t.amount_minor) filter (where t.credit_account_id <> 'institution:promotions'), 0) as payer_minor
  from refund r
  left join ledger_transfer t on t.institution_id = r.institution_id and t.subject_id = r.id
    and t.state in ('posted', 'posting')
  where r.institution_id = $1
  group by r.id
)
select r.id as what, format('%s of %s, of which %s to the payer; booked are %s, of which %s', r.state,
  r.amount_minor, r.payer_minor, b.all_minor, b.payer_minor) as problem
from refund r
join booked b on b.id = r.id
where r.institution_id = $1
  and case r.state
    when 'succeeded' then b.payer_minor <> r.payer_minor or b.all_minor > r.amount_minor
    else b.all_minor <> 0 end
limit 20

-- name: i8_shares_come_back
-- No share of a payment was given back more than whole, and of a price given back whole each is whole.
with stands as (
  select r.id, r.payment_id, r.charge_id, r.is_late, r.amount_minor
  from refund r
  where r.institution_id = $1 and r.state <> 'failed' and r.begun_at is not null
), given as (
  select coalesce(charge_id, payment_id) as subject_id, payment_id, is_late, sum(amount_minor) as given_minor
  from stands
  group by 1, 2, 3
), returned as (
  select coalesce(s.charge_id, s.payment_id) as subject_id, t.leg, sum(t.amount_minor) as returned_minor
  from stands s
  join ledger_transfer t on t.institution_id = $1 and t.subject_id = s.id and t.state in ('posted', 'pending')
  group by 1, 2
)
select o.subject_id || '.' || o.leg as what,
  format('a share of %s, of which %s came back', o.amount_minor, coalesce(b.returned_minor, 0)) as problem
from given g
join payment p on p.institution_id = $1 and p.id = g.payment_id
join ledger_transfer o on o.institution_id = $1 and o.subject_id = g.subject_id and o.state = 'posted'
left join returned b on b.subject_id = o.subject_id and b.leg = o.leg
where coalesce(b.returned_minor, 0) > o.amount_minor
  or (g.given_minor = p.amount_minor and coalesce(b.returned_minor, 0) <> o.amount_minor)
limit 20

-- name: i5_debits_end
-- What waits for a payer of ours, at another institution's till, ends when its time is over.
select id as what, format('still waiting, its time ended at %s', confirm_expires_at) as problem
from wallet_debit
where institution_id = $1 and state = 'waiting' and coalesce(confirm_expires_at, created_at) < $2
limit 20

-- name: i7_debits_told_once
-- Each debit that took money has its debit instruction in the payer's inbox or still in the outbox.
with told as (
  select payment_id from notice where institution_id = $1 and kind = 'debit_instruction'
  union all
  select subject_id from outbox_message
  where institution_id = $1 and consumer = 'notice' and payload ->> 'kind' = 'debit_instruction'
)
select d.id as what, format('%s debit instructions were sent', count(t.payment_id)) as problem
from wallet_debit d
left join told t on t.payment_id = d.id
where d.institution_id = $1 and d.legs > 0
group by d.id
having count(t.payment_id) <> 1
limit 20

-- name: i8_debits_add_up
-- What another institution took from a payer of ours, less what it gave back, is what is booked; and
-- its refunds are the rows of it.
with booked as (
  select d.id, coalesce(sum(case when t.credit_account_id = 'clearing:' || d.peer_id then t.amount_minor
    else -t.amount_minor end), 0) as booked_minor
  from wallet_debit d
  left join ledger_transfer t on t.institution_id = d.institution_id and t.subject_id = d.id
  where d.institution_id = $1
  group by d.id
), given as (
  select debit_id, sum(amount_minor) as given_minor
  from wallet_debit_refund
  where institution_id = $1
  group by debit_id
)
select d.id as what, format('%s of %s, given back %s; booked are %s', d.state, d.amount_minor, d.refunded_minor,
  b.booked_minor) as problem
from wallet_debit d
join booked b on b.id = d.id
left join given g on g.debit_id = d.id
where d.institution_id = $1
  and (b.booked_minor <> case d.state when 'succeeded' then d.amount_minor - d.refunded_minor else 0 end
    or d.refunded_minor <> coalesce(g.given_minor, 0))
limit 20

-- name: i8_sales_are_sums
-- A sale was paid what its payments brought less what their refunds gave back.
with paid as (
  select p.merchant_id, p.sale_no, p.amount_minor as paid_minor
  from payment p
  where p.institution_id = $1 and p.state = 'succeeded'
  union all
  select p.merchant_id, p.sale_no, -r.amount_minor
  from refund r
  join payment p on p.institution_id = r.institution_id and p.id = r.payment_id
  where r.institution_id = $1 and r.state = 'succeeded' and not r.is_late
)
select s.merchant_id || '/' || s.sale_no as what,
  format('the sale says %s paid, its payments say %s', s.paid_minor, coalesce(sum(p.paid_minor), 0)) as problem
from sale s
left join paid p on p.merchant_id = s.merchant_id and p.sale_no = s.sale_no
where s.institution_id = $1
group by s.merchant_id, s.sale_no, s.paid_minor
having s.paid_minor <> coalesce(sum(p.paid_minor), 0)
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

-- name: i9_pendings_are_resolved
-- What a refund has reserved is posted when it succeeds, given free when it fails, and held until then.
select t.subject_id || '.' || t.leg as what,
  format('the refund is %s, what it reserved is %s', coalesce(r.state, 'not there'), coalesce(d.state, 'held')) as problem
from ledger_transfer t
left join refund r on r.institution_id = t.institution_id and r.id = t.subject_id
left join ledger_transfer d
  on d.institution_id = t.institution_id and d.pending_subject_id = t.subject_id and d.pending_leg = t.leg
where t.institution_id = $1 and t.state = 'pending' and starts_with(t.subject_id, 'rfd_')
  and d.state is distinct from case r.state when 'succeeded' then 'posting' when 'failed' then 'voiding' end
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
