import type pg from 'pg'

// One large institution, as after some weeks: the hardest case for the planner, since naming the
// institution sorts out nothing.

/** How often each table is filled; `n` is the row's number and `at` a time that grows with it. */
const rowsOf = (count: number) =>
  `generate_series(1, ${count}) as n, lateral (select 'ins_full' as ins, 'pay_' || lpad(n::text, 26, '0') as pay,
    timestamptz '2026-01-01' + n * interval '20 s' as at) as its`

// Enough for the planner to shun a whole institution, and filled within seconds.
const many = rowsOf(100_000)
const thousands = rowsOf(5_000)

// Every thousandth payment still waits for its payer.
const fills = [
  `insert into merchant (institution_id, id, name, category, created_at)
  select ins, 'mch_' || n, 'm', '5411', at from ${rowsOf(2_000)}`,

  `insert into store (institution_id, id, merchant_id, name, kind, created_at)
  select ins, 'str_' || n, 'mch_' || n, 's', 'other', at from ${rowsOf(2_000)}`,

  `insert into terminal (institution_id, id, merchant_id, store_id, name, created_at)
  select ins, 'trm_' || n, 'mch_' || n / 2 + 1, 'str_' || n / 2 + 1, 't', at from ${rowsOf(3_990)}`,

  `insert into terminal_permission (institution_id, subject_id, scope, updated_by, updated_at)
  select ins, 'trm_' || n, 'terminal', 'p', at from ${rowsOf(4_000)}`,

  `insert into terminal_nonce (institution_id, period, terminal_id, nonce, request_id)
  select ins, n / 5000, 'trm_' || n % 4000, 'n' || n, 'req_' || n from ${many}`,

  `insert into payer (institution_id, id, login, name, password_hash, pin_hash, chosen_source_id, mandate_id, created_at)
  select ins, 'pyr_' || n, 'p' || n, 'p', '-', '-', 'src_' || n, 'mnd_' || n, at from ${thousands}`,

  `insert into source (institution_id, id, payer_id, kind, label, ledger_account_id, created_at)
  select ins, 'src_' || n, 'pyr_' || n, 'balance', 'b', 'wallet:' || n, at from ${thousands}`,

  `insert into mandate (institution_id, id, payer_id, currency, per_payment_minor, per_day_minor, per_month_minor,
    no_pin_minor, created_at, updated_at)
  select ins, 'mnd_' || n, 'pyr_' || n, 'CNY', 1, 1, 1, 1, at, at from ${thousands}`,

  `insert into limit_counter (institution_id, mandate_id, period)
  select ins, 'mnd_' || n, '2026-11' from ${thousands}`,

  `insert into ledger_account (institution_id, id, currency, normal_side, created_at)
  select ins, 'wallet:' || n, 'CNY', 'credit', at from ${thousands}`,

  `insert into payment_transition (institution_id, payment_id, number, to_state, actor, at)
  select ins, pay, 1, 'succeeded', 'terminal', at from ${thousands}`,

  `insert into outbox_message (institution_id, consumer, id, subject_id, payload, due_at)
  select ins, 'notice', 'msg_' || n, pay, '{}', at from ${thousands}`,

  `insert into event (institution_id, id, type, subject_id, payload, occurred_at)
  select ins, 'evt_' || n, 'payment.succeeded', pay, '{}', at from ${thousands}`,

  `insert into payment_code (institution_id, code_hash, payer_id, source_id, mandate_id, kind, masked, issued_at,
    expires_at, used_at, payment_id, device_id, epoch, seq)
  select ins, decode(lpad(to_hex(n), 64, '0'), 'hex'), 'pyr_' || n % 20000, 'src_' || n % 20000,
    'mnd_' || n % 20000, 'purchase', '80…42', at, at + interval '60 s', at, pay,
    case when n % 2 = 0 then 'dev_' || n % 2000 end, case when n % 2 = 0 then n / 2000 end,
    case when n % 2 = 0 then 1 end
  from ${many}`,

  `insert into payer_device (institution_id, id, payer_id, number, name, platform, sealed_key, created_at)
  select ins, 'dev_' || n, 'pyr_' || n % 2000, n, 'd', 'web', '\\x00', at from ${thousands}`,

  `insert into payer_guess (institution_id, payer_id, day, wrong)
  select ins, 'pyr_' || n, '2026-11-23', 1 from ${thousands}`,

  `insert into allocation_rule (institution_id, merchant_id, version, effective_at, created_by, created_at)
  select ins, 'mch_' || n, 1, at, 'per_1', at from ${thousands}`,

  `insert into allocation_line (institution_id, merchant_id, version, line_no, role, bps)
  select ins, 'mch_' || n, 1, 1, 'fee', 38 from ${thousands}`,

  `insert into quota_counter (institution_id, subject, period)
  select ins, 'cha_' || n, '2026-11' from ${thousands}`,

  `insert into sale (institution_id, merchant_id, sale_no, currency, created_at)
  select ins, 'mch_' || n % 2000, 's' || n, 'CNY', at from ${thousands}`,

  `insert into charge (institution_id, id, payment_id, number, channel_account_id, channel, debit_account_id,
    settlement, means, state, step, amount_minor, currency, code_hash, started_at, completed_at)
  select ins, 'chg_' || n, pay, 1, 'cha_' || n % 20, 'wechat', 'channel:cha_1:receivable', 'pooled', 'code',
    case when n % 1000 = 0 then 'processing' else 'succeeded' end, case when n % 1000 = 0 then 'query' end, 100, 'CNY',
    decode(lpad(to_hex(n), 64, '0'), 'hex'), at, case when n % 1000 > 0 then at end
  from ${thousands}`,

  `insert into merchant_code (institution_id, id, merchant_id, store_id, name, created_at)
  select ins, 'mcd_' || lpad(n::text, 26, '0'), 'mch_' || n % 2000, 'str_' || n % 2000, 'c', at from ${thousands}`,

  `insert into static_counter (institution_id, payer_id, day)
  select ins, 'pyr_' || n, '2026-11-23' from ${thousands}`,

  `insert into order_showing (institution_id, payment_id, channel_account_id, way, payer_ref, charge_id, created_at)
  select ins, pay, 'cha_' || n % 20, 'native', '', 'chg_' || n, at from ${thousands}`,

  `insert into source_link (institution_id, id, payer_id, channel_account_id, started_at)
  select ins, 'src_' || n, 'pyr_' || n, 'cha_' || n % 20, at from ${thousands}`,

  `insert into peer_institution (institution_id, id, name, public_key, sealed_private_key, created_at, updated_at)
  select ins, 'ins_' || n, 'p', '-', '\\x00', at, at from ${rowsOf(2_000)}`,

  `insert into peer_nonce (institution_id, peer_id, nonce, request_id, seen_at)
  select ins, 'ins_' || n % 20, 'n' || n, 'req_' || n, at from ${thousands}`,

  `insert into wallet_debit (institution_id, id, peer_id, charge_id, state, amount_minor, currency, merchant_name,
    payer_id, created_at, completed_at)
  select ins, 'wdb_' || n, 'ins_' || n % 20, 'chg_' || n, 'succeeded', 100, 'CNY', 'm', 'pyr_' || n % 2000, at, at
  from ${thousands}`,

  `insert into wallet_debit_refund (institution_id, debit_id, refund_id, amount_minor, created_at)
  select ins, 'wdb_' || n, 'rfd_' || n, 100, at from ${thousands}`,

  `insert into payment (institution_id, id, kind, state, next_action, merchant_id, store_id, terminal_id, order_no, sale_no,
    idempotency_key, request_fingerprint, amount_minor, currency, payer_id, source_id, route_reasons, created_at,
    completed_at)
  select ins, pay, 'purchase', case when n % 1000 = 0 then 'processing' else 'succeeded' end,
    case when n % 1000 = 0 then 'payer_confirms' end, 'mch_' || n % 2000, 'str_' || n % 2000, 'trm_' || n % 4000, 'o' || n,
    'o' || n, 'k' || n, '\\x00', 100, 'CNY', 'pyr_' || n % 20000, 'src_' || n % 20000, '[]', at,
    case when n % 1000 > 0 then at end
  from ${many}`,

  `insert into ledger_transfer (institution_id, subject_id, leg, kind, debit_account_id, credit_account_id, currency,
    amount_minor, event_at)
  select ins, pay, 1, 'payment_net', 'wallet:' || n % 20000, 'merchant:' || n % 2000, 'CNY', 100, at
  from ${many}`,
]

/** The tables that `crowd` fills. */
export const crowded = fills.map((statement) => /insert into (\w+)/.exec(statement)![1]!)

/**
 * Puts a hundred thousand payments, codes and transfers into a database, and thousands of what is
 * around. Nobody has told the planner of them yet.
 */
export async function crowd(client: pg.Client): Promise<void> {
  for (const statement of fills) await client.query(statement)
}
