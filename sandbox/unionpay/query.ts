import type { Answer } from '../counterpart/http.ts'
import { messageOf, refuse } from './codes.ts'
import type { House, Txn } from './house.ts'
import { echoOf, resultOf } from './notify.ts'
import type { Asked } from './request.ts'
import { answer, of } from './request.ts'
import { keep, settle } from './txn.ts'

/** The transaction that `queryTrans.do` asks for: by order number and time, or by queryId (00/02). */
export function askedFor({ house, merchant, fields, id }: Asked): Txn | undefined {
  const byNumber = of(fields, 'txnSubType') === '02'
  const txn = house.txns.get(byNumber ? (house.queryIds.get(of(fields, 'queryId')) ?? '') : id)
  return txn?.merId === merchant.merId ? txn : undefined
}

/** Says how it stands with a transaction: 00, and what became of it in origRespCode. */
export function query(asked: Asked): Answer {
  const { house, fields } = asked
  if (of(fields, 'txnType') !== '00') refuse('10', 'txnType')
  const txn = settleByQuery(house, askedFor(asked) ?? refuse('34'))
  return answer(house, fields, '00', {
    ...echoOf(txn),
    ...resultOf(house, txn),
    origRespCode: txn.code,
    origRespMsg: messageOf(txn.code),
  })
}

// A transaction that lets itself be asked a few times first is done by asking.
function settleByQuery(house: House, txn: Txn): Txn {
  if (txn.state !== 'accepted' || typeof txn.wait === 'string') return txn
  const { queries } = txn.wait
  if (queries > 0) return keep(house, { ...txn, wait: { queries: queries - 1 } })
  settle(house, txn.id)
  return house.txns.get(txn.id)!
}
