import pg from 'pg'
import { describe, expect, test } from 'vitest'

import { audit, readJournal, type Invariant, type JournalLine } from '../../modules/audit/audit.ts'
import { institutionId, openShop, type Shop } from './shop.ts'

/** Does as the owner of the database what the running program has no right to do. */
async function damage(shop: Shop, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: shop.databaseUrl })
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
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

const invariantsOf = async (shop: Shop, journal?: JournalLine[]): Promise<Invariant[]> => {
  const now = shop.io.now()
  const { findings } = await audit(shop.databaseUrl, { now, ...(journal && { journal }) })
  return [...new Set(findings.map(({ invariant }) => invariant))].sort()
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
  test.each(table)('%s: %s', async (invariant, _, statements) => {
    const shop = await openUsedShop()
    await damage(shop, ...statements)
    expect(await invariantsOf(shop)).toContain(invariant)
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
