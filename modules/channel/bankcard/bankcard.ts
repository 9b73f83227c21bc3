import type { Channel } from '../channel.ts'
import { openGateway, openRoad, type Outside } from '../unionpay/gateway.ts'
import { testTokenRequestor, type BankcardAccount } from './account.ts'
import { opening, openingQuery, readOpening, tokenPurchase } from './message.ts'

export { testTokenRequestor, type BankcardAccount } from './account.ts'

/**
 * The road to UnionPay cards on file: the payer agrees once on UnionPay's page, and is charged by a
 * token afterwards. Query, reversal and refund are those of every purchase at this gateway.
 *
 * @throws AppError INVALID_REQUEST, `param` naming the key or certificate that cannot be read
 *
 * Source: P9, P10; UnionPay's example of token payment, bizType 000902.
 */
export function openBankcard(account: BankcardAccount, outside: Outside = {}): Channel {
  const gateway = openGateway(account, outside)
  const { trId = testTokenRequestor } = account
  const road = openRoad(gateway, {
    name: 'bankcard',
    purchase: (order) => tokenPurchase(order, account),
  })
  return {
    ...road,
    async charge(order) {
      // A scanned code goes by the road of codes; this one has none for it.
      if (order.means.kind !== 'agreement') {
        return { kind: 'declined', reason: 'card_not_accepted', channelCode: 'NO_TOKEN' }
      }
      return road.charge(order)
    },
    link({ linkId, returnUrl }) {
      const form = gateway.form('frontTransReq', opening(linkId, { trId, returnUrl }))
      return Promise.resolve({ form })
    },
    async readLink(linkId) {
      const reply = await gateway.ask('queryTrans', openingQuery(linkId))
      return readOpening(reply, { linkId, now: gateway.clock() })
    },
  }
}
