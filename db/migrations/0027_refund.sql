-- 0027 refund: what a refund gives back besides the money, and who finds it.

-- One charge pays for a payment. What comes to a second one is late, and goes back by itself.
create unique index charge_pays_once on charge (institution_id, payment_id)
  where state = 'succeeded' and not is_late;

-- The payer's bills; a till's own payments; and what was asked for at a till.
create index refund_by_payer on refund (institution_id, payer_id, id) where payer_id is not null;
create index refund_by_terminal on refund (institution_id, terminal_id, id) where terminal_id is not null;
create index refund_by_requester on refund (institution_id, requested_by, id);

-- A payer's debits of which something came back.
create index wallet_debit_refunded on wallet_debit (institution_id, payer_id, id) where refunded_minor > 0;

-- The payer is told of money that came back, as of money that went.
alter table notice
  drop constraint notice_kind_check,
  add constraint notice_kind_check check (kind in ('debit_instruction', 'refund_notice', 'netting_notice'));

-- Until now refunds gave only the mandate of an own payment back. What they owe goes back here, so
-- that every counter is what its payments took less what their refunds gave back.
update limit_counter l
set used_minor = greatest(l.used_minor - u.returned_minor, 0)
from (
  select institution_id, mandate_id, period, sum(refunded_minor) as returned_minor
  from (
    select institution_id, mandate_id, to_char(limit_day, 'YYYY-MM-DD') as period, refunded_minor
    from wallet_debit
    where state = 'succeeded' and refunded_minor > 0 and mandate_id is not null
    union all
    select institution_id, mandate_id, to_char(limit_day, 'YYYY-MM'), refunded_minor
    from wallet_debit
    where state = 'succeeded' and refunded_minor > 0 and mandate_id is not null
  ) as debits
  group by institution_id, mandate_id, period
) as u
where l.institution_id = u.institution_id and l.mandate_id = u.mandate_id and l.period = u.period;

-- The same part of each quota as of the price, rounded half up.
update quota_counter q
set used_minor = greatest(q.used_minor - u.returned_minor, 0)
from (
  select p.institution_id, t.use ->> 0 as subject, t.use ->> 1 as period,
    sum(div((t.use ->> 2)::numeric * 2 * r.refunded_minor + p.amount_minor, 2 * p.amount_minor)) as returned_minor
  from (
    select institution_id, payment_id, sum(amount_minor) as refunded_minor
    from refund
    where state = 'succeeded' and not is_late
    group by institution_id, payment_id
  ) as r
  join payment p on p.institution_id = r.institution_id and p.id = r.payment_id
  cross join lateral json_array_elements(p.quota_uses) as t (use)
  group by 1, 2, 3
) as u
where q.institution_id = u.institution_id and q.subject = u.subject and q.period = u.period;

-- Of the cap on codes on the wall not even what failed at a channel was given back.
update static_counter s
set used_minor = u.used_minor
from (
  select p.institution_id, p.payer_id, p.limit_day as day,
    sum(case when p.state in ('processing', 'succeeded') then p.amount_minor - coalesce(r.refunded_minor, 0) else 0 end)
      as used_minor
  from payment p
  left join (
    select institution_id, payment_id, sum(amount_minor) as refunded_minor
    from refund
    where state = 'succeeded' and not is_late
    group by institution_id, payment_id
  ) as r on r.institution_id = p.institution_id and r.payment_id = p.id
  where p.order_no ~ '^mcd_[0-9a-z]{26}-[0-9a-f]{32}$' and p.currency = 'CNY' and p.payer_id is not null
    and p.limit_day is not null
  group by p.institution_id, p.payer_id, p.limit_day
) as u
where s.institution_id = u.institution_id and s.payer_id = u.payer_id and s.day = u.day;
