import { expect, test } from 'vitest'

import { openExceptions, settleExceptions } from '../../modules/exception/exception.ts'
import { newId } from '../../modules/lib/ids.ts'
import { readEvents } from '../../modules/outbox/outbox.ts'
import { readCharges, readPayment, reverse } from '../../modules/payment/payment.ts'
import { readRefundsOf, recordRefundOutcome } from '../../modules/refund/refund.ts'
import { openRoads, type Roads } from './roads.ts'
import { serve, type Desk } from './serve.ts'
import { institutionId, openShop, type Shop } from './shop.ts'

type Kind = 'late_success' | 'amount_mismatch' | 'stuck_unknown' | 'refund_failed'

const open = (shop: Shop, kind: Kind, subjectId: string, paymentId: string | null = null) =>
  shop.io.db.transaction((tx) =>
    openExceptions(tx, institutionId, [
      {
        ...{ id: newId('exc'), kind, subjectId, paymentId, amountMinor: 700n, currency: 'CNY' },
        ...{ detail: { why: 'test' }, at: shop.io.now() },
      },
    ]),
  )

const list = async (desk: Desk, query = '') =>
  (await desk.call('GET', `/v1/exceptions${query}`, { token: desk.staff.operator })).body.data

const act = (desk: Desk, id: string, body: object, token = desk.staff.operator) =>
  desk.call('POST', `/v1/exceptions/${id}/resolve`, { token, body })

test('the same trouble of the same subject is one exception, told once, and resolved once', async () => {
  const shop = await openShop()
  const desk = await serve(shop)
  await open(shop, 'amount_mismatch', 'chg_one')
  await open(shop, 'amount_mismatch', 'chg_one')
  await open(shop, 'amount_mismatch', 'chg_two')
  const [second, first] = await list(desk, '?state=open')
  expect(first).toMatchObject({
    ...{ object: 'exception', kind: 'amount_mismatch', state: 'open', subject: 'chg_one' },
    ...{ amount: 700, currency: 'CNY', actions: ['accept'], detail: { why: 'test' } },
  })
  expect(first.age_seconds).toBeGreaterThanOrEqual(0)
  const done = await act(desk, first.id, { action: 'accept', note: '已核对' })
  expect(done).toMatchObject({ status: 200, body: { state: 'resolved', action: 'accept' } })
  expect(done.body).toMatchObject({ note: '已核对', actions: [] })
  expect(done.body.resolved_by).toMatch(/^person:/)
  expect((await act(desk, first.id, { action: 'accept' })).body.code).toBe('EXCEPTION_FINAL')
  expect((await list(desk, '?state=open')).map(({ id }: { id: string }) => id)).toEqual([second.id])

  const events = await readEvents(shop.io.db, institutionId, { afterId: 'evt_', limit: 100 })
  const told = events.filter(({ type }) => type.startsWith('exception.'))
  expect(told.map(({ type, subjectId }) => [type, subjectId])).toEqual([
    ['exception.opened', first.id],
    ['exception.opened', second.id],
    ['exception.resolved', first.id],
  ])
  // For the console alone.
  expect(told.every((one) => one.merchantId === null && one.payerId === null)).toBe(true)
  await shop.audit()
})

test('only the operator sees exceptions, and only what fits the kind may be done', async () => {
  const shop = await openShop()
  const desk = await serve(shop)
  await open(shop, 'amount_mismatch', 'chg_one')
  const [{ id }] = await list(desk)
  expect((await desk.call('GET', '/v1/exceptions', { token: desk.staff.merchant })).status).toBe(
    403,
  )
  expect((await act(desk, id, { action: 'accept' }, desk.staff.merchant)).status).toBe(403)
  const wrong = await act(desk, id, { action: 'retry' })
  expect(wrong.body).toMatchObject({ code: 'INVALID_REQUEST', param: 'action' })
  const unknown = `/v1/exceptions/${newId('exc')}`
  expect((await desk.call('GET', unknown, { token: desk.staff.operator })).status).toBe(404)
  expect((await list(desk, '?state=open')).length).toBe(1)
})

test('what comes right by itself is resolved by the clock', async () => {
  const shop = await openShop()
  const desk = await serve(shop)
  await open(shop, 'stuck_unknown', 'chg_one')
  const settled = [{ kind: 'stuck_unknown', subjectId: 'chg_one', action: 'known' } as const]
  const settle = () =>
    shop.io.db.transaction((tx) =>
      settleExceptions(tx, institutionId, { settled, actor: 'clock', at: shop.io.now() }),
    )
  await settle()
  await settle()
  const [exception] = await list(desk)
  expect(exception).toMatchObject({ state: 'resolved', resolved_by: 'clock', action: 'known' })
})

test('a refund that failed is tried again as another refund, and the exception is over', async () => {
  const shop = await openRoads()
  const desk = await serve(shop)
  const { payment } = await shop.pay({ code: shop.scan('unionpay'), amountMinor: 3_000n })
  await shop.pass(10_000)
  shop.unionpay.control.faults.add({ kind: 'request_lost', operation: 'refund' })
  const body = { payment: payment.id, amount: 1_000 }
  const made = await desk.call('POST', '/v1/refunds', {
    token: shop.terminal.token,
    key: 'a',
    body,
  })
  expect(made.status).toBe(202)
  await recordRefundOutcome(shop.io, institutionId, {
    ...{ refundId: made.body.id, outcome: { kind: 'declined', channelCode: 'NO' } },
  })
  const [exception] = await list(desk, '?state=open')
  expect(exception).toMatchObject({ kind: 'refund_failed', subject: made.body.id, amount: 1_000 })
  const done = await act(desk, exception.id, { action: 'retry', note: 'again' })
  expect(done.body).toMatchObject({ state: 'resolved', action: 'retry' })
  const refunds = await readRefundsOf(shop.io.db, institutionId, [payment.id])
  expect(refunds).toHaveLength(2)
  expect(refunds[1]).toMatchObject({
    amountMinor: 1_000n,
    requestedBy: expect.stringMatching(/^person:/),
  })
  expect(refunds[1]?.state).not.toBe('failed')
  await shop.audit()
})

async function lateMoney(shop: Roads): Promise<string> {
  shop.wechat.control.faults.add({ kind: 'late_success', operation: 'reverse', value: 30_000 })
  const { payment } = await shop.pay({ code: shop.scan('wechat', 'li'), amountMinor: 1_202n })
  await reverse(shop.io, { institutionId, paymentId: payment.id, actor: 'terminal' })
  await shop.pass(140_000, 5_000)
  return payment.id
}

test('late money may be kept in suspense by a person, or refunded again', async () => {
  const shop = await openRoads()
  const desk = await serve(shop)
  const paymentId = await lateMoney(shop)
  const [exception] = await list(desk, '?state=open')
  expect(exception).toMatchObject({ kind: 'late_success', payment: paymentId, amount: 1_202 })
  expect(exception.actions).toEqual(['refund_again', 'keep_in_suspense'])

  const again = await act(desk, exception.id, { action: 'refund_again' })
  expect(again.status).toBe(200)
  await shop.pass(20_000)
  const [made] = await readRefundsOf(shop.io.db, institutionId, [paymentId])
  expect(made).toMatchObject({ isLate: true, amountMinor: 1_202n })
  const kept = await act(desk, exception.id, { action: 'keep_in_suspense' })
  expect(kept.body.state).toBe('resolved')
  await shop.audit()
})

test('a person who has found out says what became of a stuck charge', async () => {
  const shop = await openRoads()
  const desk = await serve(shop)
  const stuck = async (amountMinor: bigint) => {
    shop.wechat.control.faults.add({ kind: 'request_lost', operation: 'charge' })
    const { payment } = await shop.pay({ code: shop.scan('wechat'), amountMinor })
    const [charge] = await readCharges(shop.io.db, institutionId, [payment.id])
    await open(shop, 'stuck_unknown', charge?.id ?? '', payment.id)
    const [exception] = await list(desk, '?state=open')
    return { payment, exception }
  }
  const first = await stuck(500n)
  const missing = await act(desk, first.exception.id, { action: 'mark_succeeded' })
  expect(missing.body).toMatchObject({ code: 'INVALID_REQUEST', param: 'channel_ref' })
  const body = { action: 'mark_succeeded', channel_ref: '4200000001', note: '电话确认' }
  expect((await act(desk, first.exception.id, body)).body.state).toBe('resolved')
  expect((await readPayment(shop.io.db, institutionId, first.payment.id))?.state).toBe('succeeded')

  const second = await stuck(600n)
  const failed = await act(desk, second.exception.id, { action: 'mark_failed', note: '无此单' })
  expect(failed.body.state).toBe('resolved')
  expect((await readPayment(shop.io.db, institutionId, second.payment.id))?.state).toBe('failed')

  const third = await stuck(700n)
  const asked = await act(desk, third.exception.id, { action: 'ask_again' })
  expect(asked.body.state).toBe('open')
  await shop.audit()
})
