import type { Channel, PresentOrder, PresentOutcome } from '../channel.ts'
import type { UnionpayAccount } from './account.ts'
import { openGateway, openRoad, type Outside } from './gateway.ts'
import { pageOf, readPresent, shownOrder } from './present.ts'
import { purchase } from './request.ts'

export { unionpayQueriesMs, unionpaySchedule, unionpaySigner, unionpayTimeouts } from './account.ts'
export type { UnionpayAccount, UnionpayTimeouts } from './account.ts'

/**
 * The road to UnionPay, with the keys of one merchant: payment codes, QR codes, pages and apps,
 * through the gateway of version 5.1.0. Nothing it does throws for what UnionPay says or does not
 * say; what cannot be believed is unknown. Keys and bodies stay inside.
 *
 * @throws AppError INVALID_REQUEST, `param` naming the key or certificate that cannot be read
 *
 * Source: reference/protocols.md §4.1.
 */
export function openUnionpay(account: UnionpayAccount, outside: Outside = {}): Channel {
  const gateway = openGateway(account, outside)
  const road = openRoad(gateway, {
    name: 'unionpay',
    purchase: (order) => purchase(order, account),
  })

  async function present(order: PresentOrder): Promise<PresentOutcome> {
    const message = shownOrder(order, account)
    switch (order.way) {
      case 'native':
        return readPresent(await gateway.ask('backTransReq', message), 'qrCode')
      case 'app':
        return readPresent(await gateway.ask('appTransReq', message), 'tn')
      case 'h5':
        return { kind: 'ready', form: gateway.form('frontTransReq', pageOf(message, order)) }
      case 'jsapi':
        // UnionPay has no order that a page of ours would hand to its app.
        return { kind: 'refused', reason: 'channel_refused', channelCode: 'NOT_OFFERED' }
    }
  }
  return { ...road, present }
}
