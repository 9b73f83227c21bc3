import { insertRuleVersion } from '../../modules/allocation/allocation.ts'
import type { Tx } from '../../modules/database/database.ts'
import { createProduct } from '../../modules/goods/goods.ts'
import type { Io } from '../../modules/io/io.ts'
import { newId, type IdKind } from '../../modules/lib/ids.ts'
import {
  createInstitution,
  createMerchant,
  createParty,
  createPerson,
  createStore,
  hashPassword,
} from '../../modules/party/party.ts'
import {
  ACTIVATION_LIFE_MS,
  createTerminal,
  newActivationCode,
  openVirtualTerminal,
} from '../../modules/terminal/terminal.ts'
import { record } from '../../modules/trail/trail.ts'
import { demoProducts } from './goods.ts'

/** Ids that nobody's clock makes, so that the seed finds its own things and makes them once. */
export const demoId = (kind: IdKind, number: number) =>
  `${kind}_${String(number).padStart(26, '0')}`

/** Everybody may know it: the demo shop's people are in `/v1/demo` for whoever asks. */
export const DEMO_PASSWORD = 'onetill-demo'

/** The demo shop, as it is on every machine. */
export const demoShop = {
  institution: { id: 'ins_demo', name: '演示支付', nameEn: 'Demo Pay' },
  currency: 'CNY',
  houseMerchantId: demoId('mch', 1),
  merchant: { id: demoId('mch', 2), name: '晨光便利店' },
  store: { id: demoId('str', 1), name: '晨光便利店 人民路店' },
  terminals: [
    { id: demoId('trm', 1), name: '1 号收银台' },
    { id: demoId('trm', 2), name: '2 号收银台' },
  ],
  spareTerminal: { id: demoId('trm', 3), name: '3 号收银台' },
  operator: { id: demoId('per', 1), login: 'operator', name: '运营 Operator' },
  merchantStaff: { id: demoId('per', 2), login: 'boss', name: '店长 Shop manager' },
  platform: { id: demoId('pty', 1), name: '演示电商平台' },
  agent: { id: demoId('pty', 2), name: '晨曦代理' },
} as const

const { institution, currency, merchant, store, platform, agent } = demoShop
const institutionId = institution.id

/** Opens the demo shop in one transaction; when it is there already, nothing changes. */
export async function openDemoShop(io: Pick<Io, 'db' | 'now' | 'pepper'>): Promise<void> {
  const now = io.now()
  const passwordHash = await hashPassword(DEMO_PASSWORD)
  const expiresAt = new Date(now.getTime() + ACTIVATION_LIFE_MS)
  const codes = Array.from({ length: 3 }, () => newActivationCode(institutionId))
  const activations = codes.map((code) => ({ code, pepper: io.pepper, expiresAt }))
  const trailId = newId('trl', now.getTime())

  await io.db.transaction(async (tx) => {
    const place = { timeZone: 'Asia/Shanghai', currency, codePrefix: '80' } as const
    const house = { houseMerchantId: demoShop.houseMerchantId }
    await createInstitution(tx, { ...institution, ...place, ...house }, now)
    await createParty(tx, { institutionId, kind: 'platform', ...platform }, now)
    await createParty(tx, { institutionId, kind: 'agent', ...agent }, now)
    const parties = { platformId: platform.id, agentId: agent.id }
    const isNew = await createMerchant(
      tx,
      { institutionId, ...merchant, ...parties, category: '5411' },
      now,
    )
    if (!isNew) return
    await openStore(tx, now)
    await addPeople(tx, { passwordHash, now })
    const terminals = [...demoShop.terminals, demoShop.spareTerminal]
    for (const [at, terminal] of terminals.entries()) {
      const where = { institutionId, merchantId: merchant.id, storeId: store.id }
      const activation = activations[at]
      if (activation) await createTerminal(tx, { ...where, ...terminal }, activation, now)
    }
    await addGoodsAndRule(tx, now)
    const entry = { id: trailId, at: now, actor: 'command:seed', action: 'demo.open' }
    await record(tx, institutionId, [{ ...entry, subject: institutionId, detail: {} }])
  })
}

async function openStore(tx: Tx, now: Date): Promise<void> {
  const key = { institutionId, merchantId: merchant.id }
  const address = '上海市黄浦区人民路 1 号'
  const position = { latitude: 31.2304, longitude: 121.4737 }
  await createStore(tx, { ...key, ...store, kind: 'small_store', address, position }, now)
  await openVirtualTerminal(tx, { ...key, storeId: store.id }, now)
}

type People = { passwordHash: string; now: Date }

async function addPeople(tx: Tx, { passwordHash, now }: People): Promise<void> {
  const { operator, merchantStaff } = demoShop
  const base = { institutionId, passwordHash }
  await createPerson(tx, { ...base, ...operator, role: 'operator' }, now)
  const staff = { ...merchantStaff, role: 'merchant', merchantId: merchant.id } as const
  await createPerson(tx, { ...base, ...staff }, now)
}

async function addGoodsAndRule(tx: Tx, now: Date): Promise<void> {
  for (const [at, { stock, ...product }] of demoProducts.entries()) {
    const key = { institutionId, id: demoId('prd', at + 1), merchantId: merchant.id }
    await createProduct(tx, { ...key, ...product, currency, stockQuantity: stock }, now)
  }
  const share = { base: 'gross', minimumMinor: 0n, capMinor: null } as const
  await insertRuleVersion(tx, institutionId, {
    ...{ merchantId: merchant.id, effectiveAt: now, createdAt: now, createdBy: 'command:seed' },
    currency,
    lines: [
      { ...share, role: 'fee', partyId: null, bps: 38, minimumMinor: 1n },
      { ...share, role: 'platform', partyId: platform.id, bps: 10 },
      { ...share, role: 'agent', partyId: agent.id, bps: 20 },
    ],
  })
}
