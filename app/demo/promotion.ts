import type { Io } from '../../modules/io/io.ts'
import { createRouteRule, type RouteRule } from '../../modules/route/route.ts'
import { demoId, demoShop } from './shop.ts'

const { institution, currency } = demoShop

const everywhere = {
  ...{ storeIds: [], categories: [], storeKinds: [], areas: [], weekdays: [], hours: [] },
}

/** Three yuan off WeChat payments from fifty, at the institution's cost, until 10,000 yuan are gone. */
const promotion = {
  ...{ id: demoId('rte', 1), kind: 'promotion', merchantId: null, currency },
  ...{ name: '微信支付满 50 减 3', nameEn: '3.00 off WeChat payments from 50.00' },
  terms: {
    offer: { kind: 'amount_off', amountMinor: 300n },
    ...{ minimumMinor: 5_000n, budgetMinor: 1_000_000n },
    fundedBy: [{ by: 'institution', bps: 10_000 }],
    // By the bank, which pays the institution: it can put the three yuan to it.
    on: { schemes: ['wechat'], channels: [], roads: [demoId('cha', 5)], sourceKinds: [] },
    when: everywhere,
  },
} as const satisfies Partial<RouteRule>

/** Opens the demo's promotion; when it is there, or was ended since, nothing changes. */
export async function openDemoPromotion(io: Io): Promise<void> {
  const now = io.now()
  const made = { validFrom: now, validUntil: null, createdBy: 'command:seed', createdAt: now }
  await io.db.transaction((tx) => createRouteRule(tx, institution.id, { ...promotion, ...made }))
}
