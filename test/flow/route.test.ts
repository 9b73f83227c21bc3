import { expect, onTestFinished, test } from 'vitest'

import { openIo } from '../../app/io.ts'
import { keysOf, newRoot } from '../../app/keys.ts'
import { createChannelAccount, type NewChannelAccount } from '../../modules/channel/channel.ts'
import { newId } from '../../modules/lib/ids.ts'
import { manualClock } from '../../modules/lib/clock.ts'
import { lockQuotas, writeQuotas } from '../../modules/route/route.ts'
import { openOffice, type Answer, type Institution, type Office } from './office.ts'

/** A WeChat Pay account that nobody calls in these tests. */
async function openAccount(
  office: Office,
  where: Institution,
  given: Partial<NewChannelAccount> = {},
): Promise<string> {
  const { io } = office
  const id = newId('cha')
  const account: NewChannelAccount = {
    ...{ institutionId: where.id, id, channel: 'wechat' as const, scheme: 'wechat', name: '微信' },
    ...{ acquirer: null, settlement: 'direct' as const, merchantId: null, costBps: 60 },
    concurrency: 4,
    settings: { baseUrl: 'http://127.0.0.1:9', appId: 'wx1', mchId: '1900000001' },
    keys: { v2: { apiKey: '0123456789abcdef0123456789abcdef' } },
    ...given,
  }
  const { masterKey } = io
  await io.db.transaction((tx) => createChannelAccount(tx, account, { masterKey, now: io.now() }))
  await io.refreshChannels()
  return id
}

async function addRule(office: Office, where: Institution, rule: object): Promise<Answer['body']> {
  const body = { name: '规则', name_en: 'Rule', ...rule }
  const made = await office.create(where.operator, '/v1/route_rules', body)
  await office.io.refreshRouteRules()
  return made
}

const promotionOf = (given: object = {}) => ({
  ...{ kind: 'promotion', name: '满 50 减 3', name_en: '3 off from 50' },
  promotion: { amount_off: 300, minimum: 5_000, ...given },
})

/** What would be chosen for 100.00 yuan at a shop. */
type Asked = { storeId: string; scheme?: string | undefined } & Record<string, unknown>
const ask = (office: Office, token: string, { storeId, ...given }: Asked) =>
  office.call('POST', '/v1/route_decisions', {
    token,
    body: { store: storeId, amount: 10_000, currency: 'CNY', ...given },
  })

test('a rule is made by the operator, shown as it was said, ended once, and kept in the trail', async () => {
  const office = await openOffice()
  const { call, here, create } = office
  const shop = await office.openMerchant(here)
  const account = await openAccount(office, here)
  const on = { channels: ['wechat'], channel_accounts: [account] }
  const when = {
    ...{ stores: [shop.storeId], categories: ['5411'], store_kinds: ['small_store'] },
    areas: [{ latitude: 31.24, longitude: 121.5, radius_m: 500 }],
    ...{ weekdays: [6, 7], hours: [{ from: '18:00', until: '02:30' }] },
  }
  const funded_by = [
    { by: 'institution', bps: 6_000 },
    { by: 'merchant', bps: 4_000 },
  ]
  const rules = [
    {
      ...{ kind: 'promotion', name: '周末', name_en: 'Weekend', merchant: shop.id },
      ...{ valid_from: '2020-01-01T00:00:00.000Z', valid_until: '2090-01-01T00:00:00.000Z' },
      promotion: {
        ...{ percent_bps: 1_000, cap: 500, minimum: 2_000, budget: 100_000, funded_by, on, when },
      },
    },
    {
      ...{ kind: 'quota', name: '日限', name_en: 'Day' },
      quota: { channel_account: account, per_payment: 1, per_day: 2, per_month: 3 },
    },
    {
      ...{ kind: 'environment', name: '场所', name_en: 'Place' },
      environment: { effect: 'exclude', weight: 1, on: { schemes: ['wechat'] }, when },
    },
    {
      ...{ kind: 'preference', name: '顺序', name_en: 'Order' },
      preference: { order: [account, 'alipay'] },
    },
  ]
  for (const body of rules) {
    const made = await create(here.operator, '/v1/route_rules', body)
    expect(made).toMatchObject({ ...body, object: 'route_rule', state: 'active', currency: 'CNY' })
  }
  const list = await call('GET', '/v1/route_rules', { token: here.operator })
  expect(list.body.data.map((one: { kind: string }) => one.kind)).toEqual([
    ...['preference', 'environment', 'quota', 'promotion'],
  ])
  expect(list.body.data.at(-1)).toMatchObject(rules[0]!)
  const url = '/v1/route_rules?kind=quota&limit=1'
  const quotas = await call('GET', url, { token: here.operator })
  expect(quotas.body).toMatchObject({ has_more: false, data: [rules[1]] })

  const { id } = list.body.data.at(-1)
  const end = () => call('POST', `/v1/route_rules/${id}/end`, { token: here.operator, key: null })
  const [first, second] = [await end(), await end()]
  expect(first.body).toMatchObject({ id, state: 'ended' })
  expect(second.body).toEqual(first.body)
  const trail = await call('GET', '/v1/trail', { token: here.operator })
  const acts = trail.body.data
    .map(({ action }: { action: string }) => action)
    .filter((action: string) => action.startsWith('route_rule'))
  expect(acts).toEqual(['route_rule.end', ...rules.map(() => 'route_rule.create')])
})

test('a rule that cannot be right is refused, and the field is named', async () => {
  const office = await openOffice()
  const { call, here, there } = office
  const shop = await office.openMerchant(here)
  const foreign = await office.openMerchant(there)
  const foreignAccount = await openAccount(office, there)
  const on = { channels: ['wechat'] }
  const promotion = { amount_off: 300 }
  const nobody = newId('str')
  const table: [rule: object, param: string][] = [
    [{ kind: 'gift' }, 'kind'],
    [{ kind: 'promotion' }, 'promotion'],
    [{ kind: 'promotion', promotion, quota: { scheme: 'wechat', per_day: 1 } }, 'quota'],
    [{ kind: 'promotion', promotion: {} }, 'promotion.amount_off'],
    [{ kind: 'promotion', promotion: { amount_off: 0 } }, 'promotion.amount_off'],
    [{ kind: 'promotion', promotion: { amount_off: 1, percent_bps: 1 } }, 'promotion.percent_bps'],
    [{ kind: 'promotion', promotion: { amount_off: 1, cap: 1 } }, 'promotion.cap'],
    [{ kind: 'promotion', promotion: { percent_bps: 10_000 } }, 'promotion.percent_bps'],
    [{ kind: 'promotion', promotion: { ...promotion, minimum: 300 } }, 'promotion.minimum'],
    [{ kind: 'promotion', promotion: { ...promotion, budget: 299 } }, 'promotion.budget'],
    [
      {
        kind: 'promotion',
        promotion: { ...promotion, funded_by: [{ by: 'merchant', bps: 9_999 }] },
      },
      'promotion.funded_by',
    ],
    [
      { kind: 'promotion', promotion: { ...promotion, on: { channels: ['cash'] } } },
      'promotion.on.channels[0]',
    ],
    [
      { kind: 'promotion', promotion: { ...promotion, when: { weekdays: [8] } } },
      'promotion.when.weekdays[0]',
    ],
    [
      {
        kind: 'promotion',
        promotion: { ...promotion, when: { hours: [{ from: '09:00', until: '09:00' }] } },
      },
      'promotion.when.hours',
    ],
    [
      { kind: 'promotion', promotion: { ...promotion, when: { stores: [nobody] } } },
      'promotion.when.stores[0]',
    ],
    [
      { kind: 'promotion', promotion: { ...promotion, when: { stores: [foreign.storeId] } } },
      'promotion.when.stores[0]',
    ],
    [{ kind: 'promotion', promotion, merchant: foreign.id }, 'merchant'],
    [{ kind: 'promotion', promotion, valid_until: '2020-01-01T00:00:00Z' }, 'valid_until'],
    [
      {
        ...{ kind: 'promotion', promotion, valid_from: '2090-01-02T00:00:00Z' },
        valid_until: '2090-01-01T00:00:00Z',
      },
      'valid_until',
    ],
    [{ kind: 'promotion', promotion: { ...promotion, colour: 'red' } }, 'promotion.colour'],
    [{ kind: 'quota', quota: { per_day: 1 } }, 'quota'],
    [{ kind: 'quota', quota: { scheme: 'wechat', source_kind: 'card', per_day: 1 } }, 'quota'],
    [{ kind: 'quota', quota: { scheme: 'wechat' } }, 'quota'],
    [
      { kind: 'quota', quota: { scheme: 'wechat', per_payment: 2, per_day: 1 } },
      'quota.per_payment',
    ],
    [
      { kind: 'quota', quota: { channel_account: foreignAccount, per_day: 1 } },
      'quota.channel_account',
    ],
    [{ kind: 'environment', environment: { effect: 'prefer', on: {} } }, 'environment.on'],
    [{ kind: 'environment', environment: { effect: 'avoid', on } }, 'environment.effect'],
    [{ kind: 'preference', preference: { order: [] } }, 'preference.order'],
    [{ kind: 'preference', preference: { order: [foreignAccount] } }, 'preference.order[0]'],
  ]
  for (const [rule, param] of table) {
    const body = { name: '规则', ...rule }
    const answer = await call('POST', '/v1/route_rules', { token: here.operator, body })
    expect(answer.body, JSON.stringify(rule)).toMatchObject({
      ...{ status: 422, code: 'INVALID_REQUEST', param },
    })
  }
  const list = await call('GET', '/v1/route_rules', { token: here.operator })
  expect(list.body.data).toEqual([])
  const body = { name: '规则', kind: 'promotion', promotion }
  expect((await call('POST', '/v1/route_rules', { token: shop.key, body })).status).toBe(403)
})

test('a merchant sees its own rules, and another institution none', async () => {
  const office = await openOffice()
  const { call, here, there } = office
  const [shop, other] = [await office.openMerchant(here), await office.openMerchant(here, '别家')]
  const own = await addRule(office, here, { ...promotionOf(), merchant: shop.id })
  const others = await addRule(office, here, { ...promotionOf(), merchant: other.id })
  await addRule(office, here, promotionOf())
  const idsOf = async (token: string, filter = '') => {
    const answer = await call('GET', `/v1/route_rules${filter}`, { token })
    return answer.status === 200
      ? answer.body.data.map(({ id }: { id: string }) => id)
      : answer.status
  }
  expect(await idsOf(shop.key)).toEqual([own.id])
  expect(await idsOf(shop.key, `?merchant=${other.id}`)).toBe(404)
  expect(await idsOf(here.operator, `?merchant=${other.id}`)).toEqual([others.id])
  expect(await idsOf(here.operator)).toHaveLength(3)
  expect(await idsOf(there.operator)).toEqual([])
  expect(await idsOf(there.operator, `?merchant=${shop.id}`)).toEqual([])
  expect(await idsOf(shop.terminalToken)).toBe(403)

  const end = `/v1/route_rules/${own.id}/end`
  expect((await call('POST', end, { token: there.operator, key: null })).status).toBe(404)
  expect((await call('POST', end, { token: shop.key, key: null })).status).toBe(403)
  const list = await call('GET', '/v1/route_rules', { token: here.operator })
  expect(list.body.data.every(({ state }: { state: string }) => state === 'active')).toBe(true)
  // Nor does anybody ask about another institution's shop, or with its payer.
  const foreign = await office.openMerchant(there)
  for (const given of [
    { merchant: foreign.id, storeId: foreign.storeId },
    { merchant: shop.id, storeId: foreign.storeId },
    { merchant: shop.id, storeId: other.storeId },
    { merchant: shop.id, storeId: shop.storeId, scheme: undefined, payer: newId('pyr') },
  ]) {
    const answer = await ask(office, here.operator, { scheme: 'wechat', ...given })
    expect(answer.status, JSON.stringify(given)).toBe(404)
  }
})

test('a rule counts in another process within two seconds, and no more within two after its end', async () => {
  const office = await openOffice()
  const { here } = office
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const keys = keysOf(newRoot())
  const elsewhere = await openIo({ databaseUrl: office.databaseUrl, keys, log: quiet })
  onTestFinished(() => elsewhere.close())
  const held = () => elsewhere.routeRules(here.id).promotions.map(({ id }) => id)
  expect(elsewhere.routeRules(here.id).isEmpty).toBe(true)

  const { id } = await office.create(here.operator, '/v1/route_rules', promotionOf())
  await expect.poll(held, { timeout: 2_000, interval: 50 }).toEqual([id])
  expect(elsewhere.routeRules('ins_there').isEmpty).toBe(true)
  await office.call('POST', `/v1/route_rules/${id}/end`, { token: here.operator, key: null })
  await expect.poll(held, { timeout: 2_000, interval: 50 }).toEqual([])
})

test('a dry run says what would be chosen and why, to the merchant without the payer’s side', async () => {
  const office = await openOffice()
  const { here } = office
  const shop = await office.openMerchant(here)
  const direct = await openAccount(office, here)
  const byBank = await openAccount(office, here, { acquirer: '演示银行', costBps: 20 })
  const body = { merchant: shop.id, storeId: shop.storeId, scheme: 'wechat' }

  const plain = await ask(office, shop.key, body)
  expect(plain.body).toMatchObject({
    ...{ object: 'route_decision', amount: 10_000, currency: 'CNY' },
    winner: { road: byBank, promotion: null, discount: 0, charged: 10_000 },
    candidates: [
      { road: byBank, is_winner: true, score: 2, excluded_by: null },
      { road: direct, is_winner: false, score: 1, reasons: [{ code: 'behind_cost' }] },
    ],
  })

  const rule = await addRule(office, here, promotionOf({ on: { channel_accounts: [direct] } }))
  const cheaper = await ask(office, here.operator, body)
  expect(cheaper.body.winner).toEqual({
    ...{ road: direct, source: null, promotion: rule.id, discount: 300, charged: 9_700 },
    reasons: [
      {
        code: 'chosen_discount',
        text_zh: '选用微信支付：立减 3.00 元',
        text_en: 'WeChat Pay chosen: 3.00 yuan off',
      },
    ],
  })
  // The digits of a code say as much as the name of its scheme.
  const byCode = { ...body, scheme: undefined, payment_code: '130061098828009406' }
  expect((await ask(office, shop.key, byCode)).body).toEqual(cheaper.body)

  await addRule(office, here, {
    kind: 'environment',
    environment: { effect: 'exclude', on: { schemes: ['wechat'] } },
  })
  const nothing = await ask(office, shop.key, body)
  expect(nothing.body.winner).toBeNull()
  expect(nothing.body.candidates.map((one: { excluded_by: object }) => one.excluded_by)).toEqual([
    {
      code: 'excluded_by_rule',
      text_zh: '规则“规则”不允许',
      text_en: 'Not allowed by the rule “Rule”',
    },
    {
      code: 'excluded_by_rule',
      text_zh: '规则“规则”不允许',
      text_en: 'Not allowed by the rule “Rule”',
    },
  ])
  const wrongs: [given: object, param: string][] = [
    [{ scheme: undefined }, 'scheme'],
    [{ payment_code: '130061098828009406' }, 'scheme'],
    [{ currency: 'USD' }, 'currency'],
    [{ position: { latitude: 91, longitude: 0 } }, 'position.latitude'],
  ]
  for (const [given, param] of wrongs) {
    const answer = await ask(office, shop.key, { ...body, ...given })
    expect(answer.body, param).toMatchObject({ status: 422, param })
  }
})

async function openPayer({ call, create }: Office, here: Institution) {
  const person = { login: 'lina@here', name: '李娜', password: 'correct horse', pin: '135790' }
  const { body } = await call('POST', '/v1/payers', { body: person })
  const card = await create(here.operator, '/v1/cards', {
    ...{ payer: body.principal.id, label: '储蓄卡', last4: '1234' },
    ...{ opening_amount: 50_000, currency: 'CNY' },
  })
  const token: string = body.token
  return { id: body.principal.id as string, token, card: card.id as string }
}

test('a payment goes by the road that the dry run named, for the same reasons', async () => {
  const office = await openOffice()
  const { call, here, create } = office
  const shop = await office.openMerchant(here)
  const payer = await openPayer(office, here)
  const rule = await addRule(office, here, promotionOf({ on: { channels: ['book'] } }))
  const choose = await call('POST', `/v1/sources/${payer.card}/choose`, { token: payer.token })
  expect(choose.status).toBe(200)
  const code = await create(payer.token, '/v1/payment_codes', { source: payer.card })

  const body = { merchant: shop.id, storeId: shop.storeId }
  const dry = await ask(office, here.operator, { ...body, payment_code: code.code })
  expect(dry.body.winner).toMatchObject({
    ...{ road: 'book', source: payer.card, promotion: rule.id, discount: 300, charged: 9_700 },
  })
  expect((await ask(office, shop.key, { ...body, payment_code: code.code })).body).toMatchObject({
    ...{ status: 422, param: 'payment_code' },
  })
  expect((await ask(office, shop.key, { ...body, payer: payer.id })).status).toBe(403)
  const all = await ask(office, here.operator, { ...body, payer: payer.id })
  expect(all.body.candidates).toHaveLength(2)

  const order = { payment_code: code.code, amount: 10_000, currency: 'CNY', order_no: 'one' }
  const paid = await call('POST', '/v1/payments', { token: shop.terminalToken, body: order })
  expect(paid.body, paid.text).toMatchObject({ state: 'succeeded', amount: 10_000 })
  const seen = await call('GET', `/v1/payments/${paid.body.id}`, { token: here.operator })
  expect(seen.body.route.reasons).toEqual(dry.body.winner.reasons)
  await office.audit()
})

test('what is asked is not taken: a dry run counts in no quota and uses no code', async () => {
  const office = await openOffice()
  const { here, create, io } = office
  const shop = await office.openMerchant(here)
  const payer = await openPayer(office, here)
  await addRule(office, here, {
    kind: 'quota',
    quota: { source_kind: 'card', per_day: 10_000 },
  })
  const code = await create(payer.token, '/v1/payment_codes', { source: payer.card })
  const body = { merchant: shop.id, storeId: shop.storeId, payment_code: code.code }
  const first = await ask(office, here.operator, body)
  expect(first.body.winner).toMatchObject({ source: payer.card })
  expect((await ask(office, here.operator, body)).body).toEqual(first.body)

  const period = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(io.now())
  const uses = [{ subject: payer.card, period, amountMinor: 1n, limitMinor: 10_000n }]
  await io.db.transaction(async (tx) => {
    await lockQuotas(tx, here.id, uses)
    writeQuotas(tx, here.id, uses)
  })
  const later = await ask(office, here.operator, body)
  expect(later.body.winner).toBeNull()
  expect(later.body.candidates[0].excluded_by.code).toBe('over_day_quota')
})

test('a payer sees what is on now, in words, while its budget lasts', async () => {
  const clock = manualClock(new Date('2026-11-23T02:00:00Z'))
  const office = await openOffice({ now: clock })
  const { call, here, there, io } = office
  const shop = await office.openMerchant(here)
  const payer = await openPayer(office, here)
  const all = await addRule(office, here, {
    ...{ kind: 'promotion', name: '九折', name_en: 'A tenth off' },
    ...{ promotion: { percent_bps: 1_000, cap: 500, minimum: 2_000 } },
  })
  clock.advance(1_000)
  const own = await addRule(office, here, { ...promotionOf({ budget: 400 }), merchant: shop.id })
  clock.advance(1_000)
  await addRule(office, here, { ...promotionOf(), valid_from: '2026-11-24T00:00:00.000Z' })
  await addRule(office, there, promotionOf())
  const on = async (filter = '') => {
    const list = await call('GET', `/v1/promotions${filter}`, { token: payer.token })
    return list.body.data.map((one: Record<string, unknown>) => [one.id, one.text_zh, one.text_en])
  }
  const cheap = [own.id, '满 50.00 元减 3.00 元', '3.00 yuan off from 50.00 yuan']
  const tenth = [
    all.id,
    '满 20.00 元减 10%，最多 5.00 元',
    '10% off from 20.00 yuan, 5.00 yuan at most',
  ]
  expect(await on()).toEqual([cheap, tenth])
  expect(await on(`?merchant=${newId('mch')}`)).toEqual([tenth])
  expect(await on('?limit=1')).toEqual([cheap])
  expect(await on(`?starting_after=${own.id}`)).toEqual([tenth])

  const uses = [{ subject: own.id, period: 'all', amountMinor: 101n, limitMinor: 400n }]
  await io.db.transaction(async (tx) => {
    await lockQuotas(tx, here.id, uses)
    writeQuotas(tx, here.id, uses)
  })
  expect(await on()).toEqual([tenth])
  clock.set(new Date('2026-11-24T00:00:00Z'))
  await expect.poll(async () => (await on()).length, { timeout: 3_000 }).toBe(2)
})
