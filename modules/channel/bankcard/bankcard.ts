import type { Channel } from '../channel.ts'
import { openGateway, openRoad, type Outside } from '../unionpay/gateway.ts'
import { testTokenRequestor, type BankcardAccount } from './account.ts'
import {
  opening,
  openingQuery,
  readOpening,
  readTokenDeletion,
  tokenDeletion,
  tokenPurchase,
} from './message.ts'

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
  const readLink = async (linkId: string) => {
    const reply = await gateway.ask('queryTrans', openingQuery(linkId))
    return readOpening(reply, { linkId, now: gateway.clock() })
  }
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
    async unlink({ linkId, token }) {
      // A card may have been put on file after the payer had thought better of it.
      const linked = token === null ? await readLink(linkId) : null
      if (linked?.kind === 'refused') return { kind: 'unlinked', channelCode: linked.channelCode }
      const given = linked?.kind === 'linked' ? linked.token : token
      if (given === null) return { kind: 'again', channelCode: 'NO_TOKEN_YET' }
      const fields = tokenDeletion(linkId, { token: given, now: gateway.clock() })
      return readTokenDeletion(await gateway.ask('backTransReq', fields))
    },
    readLink,
  }
}
