import { randomDigits } from '../counterpart/codes.ts'
import type { RespCode } from './codes.ts'
import { refuse } from './codes.ts'
import type { House, Payer, Txn } from './house.ts'
import { fail, keep, settle, whyNot } from './txn.ts'
import { readNested } from './wire.ts'

// What a payer does with an order that was led to by a code, a page or an app, or that waits for the
// password.

/** The order that a QR code's text or a tn leads to, while it waits for a payer. */
export function linkedTo(house: House, link: string): Txn | undefined {
  const txn = house.txns.get(house.links.get(link.trim()) ?? '')
  return txn?.state === 'accepted' && txn.wait === 'payer' ? txn : undefined
}

/**
 * The payer, whose password was right, pays an order that nobody had taken up, or puts the card on
 * file with the merchant. Answers the transaction as it then stands; or why this payer may not pay,
 * and the order then waits for another try.
 */
export function payLinked(house: House, txn: Txn, payer: Payer): Txn | RespCode {
  const isOpening = txn.txnType === '79'
  const reason = whyNot(house, payer, txn.amountMinor)
  if (reason) return reason
  const taken = { ...txn, payer: payer.login, wait: 'work' as const }
  keep(house, isOpening ? { ...taken, tokenPayData: openToken(house, txn, payer) } : taken)
  settle(house, txn.id)
  return house.txns.get(txn.id)!
}

function openToken(house: House, txn: Txn, payer: Payer): string {
  const { trId = '' } = readNested(txn.tokenPayData) ?? {}
  return tokenPayData(house, { merId: txn.merId, trId, payer: payer.login })
}

/** Puts a card on file; answers `tokenPayData` as notices and queries carry it. */
export function tokenPayData(
  house: House,
  owner: { merId: string; trId: string; payer: string },
): string {
  const token = `6235${randomDigits(15)}`
  house.tokens.put(token, { token, ...owner, isLive: true })
  return `{trId=${owner.trId}&token=${token}&tokenLevel=20&tokenType=01}`
}

/** The payer's transactions that wait for the password. */
export function waitingOf(house: House, login: string): Txn[] {
  return house.txns
    .all()
    .filter(
      ({ payer, state, wait }) => payer === login && state === 'accepted' && wait === 'password',
    )
}

/** The payer has typed the password, or has said no. Answers the transaction as it then stands. */
export function decide(
  house: House,
  txn: Txn,
  said: { kind: 'confirm' } | { kind: 'cancel' },
): Txn {
  if (txn.state !== 'accepted') refuse('35')
  if (said.kind === 'cancel') fail(house, txn, '01')
  else settle(house, txn.id)
  return house.txns.get(txn.id)!
}
