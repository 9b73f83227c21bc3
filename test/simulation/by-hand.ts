import { wechatTerms } from '../../app/demo/counterparts.ts'
import { newId } from '../../modules/lib/ids.ts'
import { openWechat, type WechatAccount } from '../../modules/channel/wechat/wechat.ts'
import { compileIssuers, parse, shippedIssuers } from '../../modules/paycode/paycode.ts'
import type { Ours } from './fault-books.ts'
import type { Counterpart } from './sandbox.ts'

// What nobody may do and a negative control does: to move money at a counterpart behind OneTill.

async function roadTo({ url, tlsUrl }: Counterpart) {
  const { settings, keys } = await wechatTerms({ url, tlsUrl, noticeUrl: 'http://127.0.0.1:9/' })
  return openWechat({ ...settings, ...keys } as WechatAccount)
}

/** Charges the payer of a payment once more, under a number that OneTill does not know. */
export async function chargeByHand(wechat: Counterpart, like: Ours): Promise<void> {
  const road = await roadTo(wechat)
  const { code: digits } = await wechat.phone('quick-0')
  const code = parse(digits, compileIssuers(shippedIssuers, new Date())).ok
  if (!code) throw new Error('the phone shows no code')
  const outcome = await road.charge({
    ...{ chargeId: newId('chg'), means: { kind: 'code', code }, amountMinor: like.amount_minor },
    ...{ currency: 'CNY', description: 'planted', terminalId: 'trm_0', storeId: 'str_0' },
    ...{ ip: '127.0.0.1', startedAt: new Date() },
  })
  if (outcome.kind !== 'succeeded') throw new Error(`the planted charge is ${outcome.kind}`)
}

/** Takes a payment back that OneTill holds for paid. */
export async function reverseByHand(wechat: Counterpart, paid: Ours): Promise<void> {
  const road = await roadTo(wechat)
  const { charge_id: chargeId, started_at: startedAt, amount_minor: amountMinor } = paid
  const outcome = await road.reverse({ chargeId, startedAt, amountMinor })
  if (outcome.kind !== 'reversed') throw new Error(`the planted reversal is ${outcome.kind}`)
}
