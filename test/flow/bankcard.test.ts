import { expect, onTestFinished, test } from 'vitest'

import type { ChargeOrder } from '../../modules/channel/channel.ts'
import { openBankcard, testTokenRequestor } from '../../modules/channel/bankcard/bankcard.ts'
import { readOpening } from '../../modules/channel/bankcard/message.ts'
import { systemClock } from '../../modules/lib/clock.ts'
import { newId } from '../../modules/lib/ids.ts'
import { virtualClock } from '../../sandbox/counterpart/clock.ts'
import { startUnionpay } from '../../sandbox/unionpay/unionpay.ts'

// A card on file at UnionPay, against a gateway that was written apart from the adapter.

const DAY_MS = 86_400_000
const noon = new Date((Math.floor(systemClock().getTime() / DAY_MS) + 1) * DAY_MS + DAY_MS / 6)

async function openGateway() {
  const clock = virtualClock({ startAt: noon, running: false })
  const unionpay = await startUnionpay({ port: 0, seed: 'card', clock })
  onTestFinished(() => unionpay.close())
  const setUp = unionpay.control.setUp() as any
  const [merchant] = setUp.merchants
  const channel = openBankcard(
    {
      ...{ baseUrl: unionpay.url, merId: merchant.mer_id, signerNames: ['00040000:SIGN'] },
      ...{ privateKey: merchant.private_key, certificate: merchant.certificate },
      rootCertificates: [setUp.root_certificate],
    },
    { clock: () => clock.now() },
  )
  const token = unionpay.control.cardOnFile('zhou', merchant.mer_id)
  const order = (more: Partial<ChargeOrder> = {}): ChargeOrder => ({
    chargeId: newId('chg', clock.nowMs()),
    means: { kind: 'agreement', token: `{token=${token}&trId=${testTokenRequestor}}` },
    ...{ amountMinor: 2_500n, currency: 'CNY', description: '店', terminalId: 'trm_1' },
    ...{ storeId: 'str_1', ip: '127.0.0.1', startedAt: clock.now() },
    ...more,
  })
  return { clock, unionpay, channel, order }
}

test('a card on file is charged, and the query says how it ended', async () => {
  const { clock, channel, order, unionpay } = await openGateway()
  const wanted = order()
  expect(await channel.charge(wanted)).toMatchObject({ kind: 'unknown', channelCode: '00' })
  await clock.advance(1_000)
  expect(await channel.query(wanted)).toMatchObject({ kind: 'succeeded', payerPaidMinor: 2_500n })
  expect(unionpay.control.books().wrong).toEqual([])
})

test('a token that UnionPay does not know, and a card without money, are declined', async () => {
  const { clock, channel, order } = await openGateway()
  const strange = order({ means: { kind: 'agreement', token: '{token=6235000&trId=1}' } })
  expect(await channel.charge(strange)).toMatchObject({ kind: 'declined', channelCode: '39' })
  const dear = order({ amountMinor: 1_000_004n })
  await channel.charge(dear)
  await clock.advance(1_000)
  expect(await channel.query(dear)).toMatchObject({ reason: 'insufficient_funds' })
})

test('a token that was given back is charged no more, and is given back as often as it is asked', async () => {
  const { clock, channel, order } = await openGateway()
  const { means } = order()
  if (means.kind !== 'agreement') throw new Error('a card on file is charged by its token')
  const ended = { linkId: newId('src', clock.nowMs()), token: means.token }
  expect(await channel.unlink!(ended)).toEqual({ kind: 'unlinked', channelCode: '00' })
  expect(await channel.unlink!(ended)).toEqual({ kind: 'unlinked', channelCode: '39' })
  expect(await channel.charge(order())).toMatchObject({ kind: 'declined', channelCode: '39' })

  // Whoever gave up before the page was over may still agree on it: that is waited for.
  const given = { linkId: newId('src', clock.nowMs()), token: null }
  expect(await channel.unlink!(given)).toMatchObject({ kind: 'again' })
  await clock.advance(16 * 60_000)
  expect(await channel.unlink!(given)).toMatchObject({ kind: 'unlinked' })
})

test('a charge of a card is reversed, and another refunded in parts', async () => {
  const { clock, channel, order, unionpay } = await openGateway()
  const [undone, kept] = [order(), order({ amountMinor: 5_000n })]
  await channel.charge(undone)
  await channel.charge(kept)
  await clock.advance(1_000)
  let reversed = await channel.reverse(undone)
  for (let tries = 0; reversed.kind === 'again' && tries < 5; tries++) {
    await clock.advance(1_000)
    reversed = await channel.reverse(undone)
  }
  expect(reversed).toMatchObject({ kind: 'reversed', wasPaid: true })

  const paid = await channel.query(kept)
  const channelRef = paid.kind === 'succeeded' ? paid.channelRef : ''
  const refund = {
    ...{ chargeId: kept.chargeId, channelRef, chargedAt: kept.startedAt, reason: 'test' },
    ...{ refundId: newId('rfd', clock.nowMs()), refundMinor: 2_000n, chargeMinor: 5_000n },
    ...{ currency: 'CNY' as const, startedAt: clock.now() },
  }
  expect(await channel.refund(refund)).toMatchObject({ kind: 'accepted' })
  await clock.advance(1_000)
  expect(await channel.queryRefund(refund)).toMatchObject({ kind: 'succeeded' })
  expect(unionpay.control.books().wrong).toEqual([])
})

test('what became of a card that was to be put on file is read from the query’s answer', () => {
  const linkId = newId('src', noon.getTime())
  const orderId = linkId.replace('_', 'Zu')
  const fields = (more: Record<string, string>) => ({
    fields: { respCode: '00', orderId, accNo: '6216****0018', ...more },
  })
  const read = (reply: Parameters<typeof readOpening>[0], ageMs = 1_000) =>
    readOpening(reply, { linkId, now: new Date(noon.getTime() + ageMs) })
  const tokenPayData = '{trId=62000000001&token=6235000000000000001&tokenLevel=20&tokenType=01}'
  expect(read(fields({ origRespCode: '00', tokenPayData }))).toEqual({
    ...{ kind: 'linked', label: '银联卡', last4: '0018' },
    token: '{token=6235000000000000001&trId=62000000001}',
  })
  expect(read(fields({ origRespCode: '00' }))).toEqual({ kind: 'pending' })
  expect(read(fields({ origRespCode: '05' }))).toEqual({ kind: 'pending' })
  expect(read(fields({ origRespCode: '69' }))).toEqual({ kind: 'refused', channelCode: '69' })
  expect(read(fields({ origRespCode: '00', orderId: 'other', tokenPayData }))).toEqual({
    kind: 'pending',
  })
  expect(read({ problem: 'TIMEOUT' }, DAY_MS)).toEqual({ kind: 'pending' })
  expect(read({ fields: { respCode: '34' } })).toEqual({ kind: 'pending' })
  expect(read({ fields: { respCode: '34' } }, DAY_MS)).toMatchObject({ kind: 'refused' })
})

test('a scanned code is not for this road, and the connection can be tried', async () => {
  const { channel, order } = await openGateway()
  const code = { kind: 'code', code: null as never } as const
  expect(await channel.charge(order({ means: code }))).toMatchObject({ kind: 'declined' })
  expect(await channel.test()).toEqual({ ok: true, problem: null })
})
