import pg from 'pg'
import { afterAll, describe, expect, test } from 'vitest'

import { audit, readJournal, type Invariant, type JournalLine } from '../../modules/audit/audit.ts'
import { refundRound } from '../../app/loops/refunds.ts'
import { reverse } from '../../modules/payment/payment.ts'
import { refund } from '../../modules/refund/refund.ts'
import { keepDatabase, type KeptDatabase } from '../database.ts'
import { openRoads, type Roads } from './roads.ts'
import { institutionId, openShop, type Shop } from './shop.ts'

/** Does as the owner of the database what the running program has no right to do. */
async function damage(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    for (const statement of statements) await client.query(statement)
  } finally {
    await client.end()
  }
}

/** A shop with one paid sale, one declined payment and one that waits; its audit is clean. */
async function openUsedShop(): Promise<Shop> {
  const shop = await openShop({ mandate: { noPinMinor: 10_000n } })
  const goods = [{ sku: 'tea', name: '乌龙茶', quantity: 1n, unitPriceMinor: 450n }]
  await shop.pay({ code: await shop.code(), goods, amountMinor: 450n })
  await shop.pay({ code: await shop.code(), amountMinor: 9_000n })
  await shop.pay({ code: await shop.code(), amountMinor: 20_000n })
  await shop.deliver()
  await shop.audit()
  return shop
}

/** Refunds part of a payment, or the rest of it. */
async function giveBack(shop: Shop, paymentId: string, amountMinor: bigint | null): Promise<void> {
  const asker = { actor: 'person:per_one', merchantId: shop.merchantId, terminalId: null }
  await refund(shop.io, {
    ...{ institutionId, paymentId, merchantId: shop.merchantId, amountMinor, reason: null },
    ...{ asker, idempotencyKey: `${paymentId} ${amountMinor}`, trail: null },
  })
}

/** A shop with one refunded sale, a charge of UnionPay's refunded in part, and one of WeChat's that
 * came after its reversal and went back. */
async function openShopWithRefunds(): Promise<Roads> {
  const shop = await openRoads()
  const goods = [{ sku: 'tea', name: '乌龙茶', quantity: 1n, unitPriceMinor: 450n }]
  const own = await shop.pay({ code: await shop.code(), goods, amountMinor: 450n })
  await giveBack(shop, own.payment.id, null)
  const { payment } = await shop.pay({ code: shop.scan('unionpay'), amountMinor: 3_000n })
  await shop.pass(10_000)
  await giveBack(shop, payment.id, 1_000n)
  shop.wechat.control.faults.add({ kind: 'late_success', operation: 'reverse', value: 30_000 })
  const late = await shop.pay({ code: shop.scan('wechat', 'li'), amountMinor: 1_202n })
  await reverse(shop.io, { institutionId, paymentId: late.payment.id, actor: 'terminal' })
  await shop.pass(140_000, 5_000)
  for (let times = 0; times < 10; times++) {
    await refundRound(shop.io, institutionId)
    await shop.pass(5_000)
  }
  await shop.deliver()
  await shop.audit()
  return shop
}

const invariantsOf = async (shop: Shop, journal: JournalLine[]): Promise<Invariant[]> => {
  const { findings } = await audit(shop.databaseUrl, { now: shop.io.now(), journal })
  return [...new Set(findings.map(({ invariant }) => invariant))].sort()
}

/**
 * Shops whose books are damaged, each a copy of one that is opened once. Answers the invariants that
 * are broken then, and the checks that say so: of one invariant there are several.
 */
function openDamaged(openOnce: () => Promise<Shop | Roads>) {
  let kept: { database: KeptDatabase; now: Date } | undefined
  afterAll(() => kept?.database.drop())
  return async (statements: readonly string[]) => {
    if (!kept) {
      const shop = await openOnce()
      kept = { database: await keepDatabase(shop.databaseUrl), now: shop.io.now() }
    }
    const { url, drop } = await kept.database.copy()
    await damage(url, statements)
    const failed: string[] = []
    const onCheck = (name: string, findings: number) => void (findings > 0 && failed.push(name))
    const { findings } = await audit(url, { now: kept.now, onCheck })
    await drop()
    return { invariants: findings.map(({ invariant }) => invariant), failed }
  }
}

describe('the audit names the invariant that a planted damage breaks', () => {
  const table: [Invariant, string, string[]][] = [
    [
      'I1',
      'an account is debited and none credited',
      [
        "update ledger_account set debits_posted_minor = debits_posted_minor + 7 where id = 'bank:cash'",
      ],
    ],
    [
      'I1',
      'a transfer names an account that is not there',
      [
        "update ledger_transfer set credit_account_id = 'merchant:nobody:payable' where kind = 'payment_net'",
      ],
    ],
    [
      'I2',
      'a balance is changed on both sides alike',
      [
        `update ledger_account set debits_posted_minor = debits_posted_minor + 7,
         credits_posted_minor = credits_posted_minor + 7 where id like 'wallet:%'`,
      ],
    ],
    ['I2', 'a limit counter forgets a payment', ['update limit_counter set used_minor = 0']],
    [
      'I2',
      'an entry of the trail is rewritten',
      [`update trail_entry set detail = '{"forged":true}' where number = 1`],
    ],
    [
      'I3',
      'an order number stands twice',
      [
        'alter table payment drop constraint payment_order_no',
        "update payment set order_no = 'twice'",
      ],
    ],
    [
      'I3',
      'a code is given back after its payment',
      ['update payment_code set used_at = null, payment_id = null where payment_id is not null'],
    ],
    [
      'I5',
      'a payment hangs long after its time',
      [
        "update payment set confirm_expires_at = created_at - interval '1 day' where state = 'processing'",
      ],
    ],
    ['I7', 'an event is lost', ["delete from event where type = 'payment.succeeded'"]],
    ['I7', 'a payer is never told', ['delete from notice']],
    [
      'I8',
      'a part of a payment vanishes',
      ["delete from ledger_transfer where kind = 'payment_fee'"],
    ],
    ['I8', 'a sale forgets a tender', ['update sale set paid_minor = 0']],
    [
      'I9',
      'a final payment goes on',
      [
        `insert into payment_transition select institution_id, payment_id, 2, 'succeeded', 'failed',
         'nobody', null, at from payment_transition where to_state = 'succeeded'`,
      ],
    ],
    [
      'I10',
      'a payment code stands in clear',
      ["update payment set masked_code = '801234567890123456' where masked_code is not null"],
    ],
    [
      'I10',
      'a card number stands in clear',
      [`update event set payload = '{"card":"4111111111111111"}'`],
    ],
  ]
  const auditDamaged = openDamaged(openUsedShop)
  test.each(table)('%s: %s', async (invariant, _, statements) => {
    expect((await auditDamaged(statements)).invariants).toContain(invariant)
  })

  test('what a merchant names itself is no leak, though it looks like a code or a card', async () => {
    const named = '{"order_no": "801234567890123456", "lines": [{"barcode": "6901234567892"}]}'
    const statement = `update event set payload = (payload::jsonb || '${named}')::json`
    expect((await auditDamaged([statement])).invariants).toEqual([])
  })
})

describe('the audit names what is wrong with charges and refunds', () => {
  const table: [string, string, string[]][] = [
    [
      'i2_limits_are_sums',
      'a limit was not given back',
      ['update limit_counter set used_minor = used_minor + 450 where used_minor = 0'],
    ],
    [
      'i2_quotas_are_sums',
      'a quota is used that no payment has taken',
      ["insert into quota_counter values ('ins_test', 'scheme:wechat', '2026-11', 100)"],
    ],
    [
      'i2_caps_are_sums',
      'a payer has paid by codes on the wall what no payment says',
      ["insert into static_counter values ('ins_test', 'pyr_1', '2026-11-23', 100)"],
    ],
    [
      'i3_channel_number_once',
      'two charges are one payment of the counterpart',
      [
        `insert into charge (institution_id, id, payment_id, number, channel_account_id, channel, debit_account_id,
           settlement, means, state, amount_minor, currency, channel_ref, decline_reason, is_late, started_at,
           completed_at)
         select institution_id, 'chg_twin', payment_id, 2, channel_account_id, channel, debit_account_id,
           settlement, means, 'failed', amount_minor, currency, channel_ref, 'channel_refused', true, started_at,
           completed_at
         from charge where state = 'succeeded' and not is_late`,
      ],
    ],
    [
      'i5_unknowns_are_asked',
      'nobody asks what became of a charge',
      [
        "update charge set state = 'processing', completed_at = null where channel = 'unionpay'",
        'delete from outbox_message',
      ],
    ],
    [
      'i5_unknowns_are_asked',
      'nobody asks what became of a refund',
      [
        `update refund set state = 'processing', next_action = 'query', completed_at = null
         where charge_id is not null and not is_late`,
        'delete from outbox_message',
      ],
    ],
    [
      'i6_late_money_is_known',
      'late money is nobody’s',
      [
        'delete from exception',
        "update refund set state = 'failed', decline_reason = 'rejected' where is_late",
      ],
    ],
    [
      'i7_refunds_told_once',
      'a refund is never told',
      ["delete from event where type = 'refund.succeeded'"],
    ],
    [
      'i8_charges_are_booked',
      'a charge was booked with less than it took',
      [
        `update ledger_transfer set amount_minor = amount_minor - 1
         where subject_id like 'chg_%' and kind = 'payment_net'`,
      ],
    ],
    [
      'i8_charges_are_booked',
      'a late charge is not in suspense',
      [
        "update ledger_transfer set credit_account_id = 'institution:fees' where kind = 'late_success'",
      ],
    ],
    [
      'i8_charges_pay_payments',
      'a payment succeeded by a channel that took nothing',
      ["update charge set state = 'failed' where channel = 'unionpay'"],
    ],
    [
      'i8_refunds_fit',
      'more was given back than was paid',
      ['update refund set amount_minor = 4000 where charge_id is not null and not is_late'],
    ],
    [
      'i8_refunds_are_booked',
      'a refund booked less than it says',
      ["delete from ledger_transfer where subject_id like 'rfd_%' and state = 'posted'"],
    ],
    [
      'i8_shares_come_back',
      'a share came back more than whole',
      [
        `update ledger_transfer set amount_minor = amount_minor + 1
         where subject_id like 'rfd_%' and state = 'posted' and kind = 'refund_fee'`,
      ],
    ],
    [
      'i8_sales_are_sums',
      'a sale was not told of a refund',
      ['update sale set paid_minor = total_minor'],
    ],
    [
      'i9_pendings_are_resolved',
      'a succeeded refund still reserves',
      ["delete from ledger_transfer where state = 'posting' and subject_id like 'rfd_%'"],
    ],
    [
      'i9_pendings_are_resolved',
      'what a succeeded refund reserved was given free',
      ["update ledger_transfer set state = 'voiding' where state = 'posting'"],
    ],
  ]
  const auditDamaged = openDamaged(openShopWithRefunds)
  test.each(table)('%s: %s', async (check, _, statements) => {
    expect((await auditDamaged(statements)).failed).toContain(check)
  })
})

test('I4: a payment that was acknowledged and is not there, or is another, is a loss', async () => {
  const shop = await openUsedShop()
  const { payment } = await shop.pay({ code: await shop.code() })
  await shop.deliver()
  const line: JournalLine = {
    ...{ institutionId, merchantId: shop.merchantId, orderNo: payment.orderNo },
    ...{ paymentId: payment.id, state: 'succeeded', amountMinor: `${payment.amountMinor}` },
  }
  const written = `${JSON.stringify(line)}\n{"institutionId":"ins_te`
  expect(await invariantsOf(shop, readJournal(written))).toEqual([])
  expect(await invariantsOf(shop, [{ ...line, paymentId: 'pay_lost' }])).toEqual(['I4'])
  expect(await invariantsOf(shop, [{ ...line, amountMinor: '1' }])).toEqual(['I4'])
  expect(await invariantsOf(shop, [{ ...line, state: 'failed' }])).toEqual(['I4'])
})

test('the running program cannot rewrite the books', async () => {
  const shop = await openUsedShop()
  const attempts = [
    'update ledger_transfer set amount_minor = 1',
    'delete from ledger_transfer',
    'update ledger_account set floor_minor = null',
    'delete from payment',
    'update payment_transition set reason = null',
    'delete from trail_entry',
  ]
  for (const text of attempts)
    await expect(shop.io.db.read({ name: text, text }), text).rejects.toThrow('permission denied')
  await shop.audit()
})
