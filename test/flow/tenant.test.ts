import pg from 'pg'
import { expect, test } from 'vitest'

import { openExceptions } from '../../modules/exception/exception.ts'
import { newId } from '../../modules/lib/ids.ts'
import { planDeliveries } from '../../modules/notice/notice.ts'
import { createInstitution, createPerson, issueCredential } from '../../modules/party/party.ts'
import {
  chargePayer,
  enrolDevice,
  issueCode,
  putPeer,
  startLink,
} from '../../modules/wallet/wallet.ts'
import { openShop, PIN, type Shop } from './shop.ts'
import { newPair } from './banks.ts'
import { serve, type Desk } from './serve.ts'

// The wall between institutions: whoever has a token of one, whatever he may do there, can neither
// see nor change anything of another, though he knows its ids.

const elsewhere = 'ins_other'

// Nobody is at this address, and nothing is sent to it.
const wechatAccount = {
  ...{ channel: 'wechat', name: '微信支付', settlement: 'direct' },
  settings: { baseUrl: 'http://127.0.0.1:9', appId: 'wx1', mchId: '1900000109' },
  keys: { v2: { apiKey: 'a key of thirty-two characters..' } },
}

const quotaRule = {
  ...{ kind: 'quota', name: '限额', name_en: 'Quota' },
  quota: { scheme: 'wechat', per_day: 100_000 },
}

/** A second institution on the same server, filled through the API by its own people. */
async function openElsewhere(shop: Shop, { call }: Desk) {
  const { io } = shop
  const now = io.now()
  const person = { institutionId: elsewhere, id: newId('per'), login: 'boss', name: 'Boss' }
  const token = await io.db.transaction(async (tx) => {
    await createInstitution(
      tx,
      {
        ...{ id: elsewhere, name: '另一家', nameEn: 'Other', currency: 'CNY' },
        ...{ timeZone: 'Asia/Shanghai', codePrefix: '82', houseMerchantId: newId('mch') },
      },
      now,
    )
    await createPerson(tx, { ...person, passwordHash: '-', role: 'operator' }, now)
    const key = { institutionId: elsewhere, kind: 'staff', subjectId: person.id } as const
    return issueCredential(tx, { ...key, now })
  })
  const make = async (url: string, body: object, by = token) => {
    const reply = await call('POST', url, { token: by, key: url, body })
    expect(reply.status, `${url} ${JSON.stringify(reply.body)}`).toBeLessThan(300)
    return reply.body
  }
  const party = (await make('/v1/parties', { kind: 'agent', name: '代理' })).id
  const shopThere = { name: '别家店', category: '5411', agent: party }
  const merchant = (await make('/v1/merchants', shopThere)).id
  const store = (await make('/v1/stores', { merchant, name: '店', kind: 'other' })).id
  const device = await make('/v1/terminals', { store, name: '一号' })
  const code = { activation_code: device.activation_code }
  const till = (await make('/v1/terminals/activate', code)).token
  const goods = { merchant, sku: 'tea', name: '茶', price: 100, currency: 'CNY' }
  const product = (await make('/v1/products', goods)).id
  const lines = [{ role: 'fee', bps: 38, base: 'gross' }]
  await make('/v1/allocation_rules', { merchant, lines })
  const who = { login: 'anna@other', name: 'Anna', password: 'a long secret', pin: PIN }
  const session = await make('/v1/payers', who)
  const payer = session.principal.id
  const card = { payer, label: '卡', last4: '0001', opening_amount: 9_000, currency: 'CNY' }
  const source = (await make('/v1/cards', card)).id
  const shown = { amount: 100, currency: 'CNY', order_no: 'shown' }
  const order = (await make('/v1/orders', shown, till)).order.token
  const wall = (await make('/v1/merchant_codes', { store, name: '墙上' })).id
  // An address of the public internet, to which nothing is sent: no loops are running.
  const hook = { merchant, url: 'https://8.8.8.8/hooks', events: ['*'] }
  const endpoint = (await make('/v1/webhook_endpoints', hook)).id
  const channel = (await make('/v1/channel_accounts', wechatAccount)).id
  const quietly = { changes: { 'till.sound': false }, reason: '安静', version: 0 }
  const setting = (await make('/v1/settings', { scope: 'merchant', subject: merchant, ...quietly }))
    .id
  const rule = (await make('/v1/route_rules', quotaRule)).id
  // Its kind of codes is known to this process within two seconds.
  const payment = await expect
    .poll(
      async () => {
        const wish = await call('POST', '/v1/payment_codes', {
          token: session.token,
          body: { source },
        })
        const order_no = newId('req').slice(4)
        const body = { payment_code: wish.body.code, amount: 700, currency: 'CNY', order_no }
        return (await call('POST', '/v1/payments', { token: till, key: order_no, body })).body
      },
      { timeout: 5_000 },
    )
    .toMatchObject({ state: 'succeeded' })
    .then(async () => (await call('GET', '/v1/payments', { token })).body.data[0].id as string)
  const refund = (await make('/v1/refunds', { payment, amount: 1 })).id
  const exception = newId('exc', io.now().getTime())
  await io.db.transaction((tx) =>
    openExceptions(tx, elsewhere, [
      {
        ...{ id: exception, kind: 'refund_failed', subjectId: refund, paymentId: payment },
        ...{ amountMinor: 1n, currency: 'CNY', detail: {}, at: io.now() },
      },
    ]),
  )
  const told = { merchant, title: '新品', text: '到店', valid_until: '2099-01-01T00:00:00.000Z' }
  const picture = 'data:image/png;base64,iVBORw0KGgo='
  const news = (await make('/v1/news', { ...told, picture })).id
  const said = await make(`/v1/payments/${payment}/feedback`, { rating: 5 }, session.token)
  const browser = {
    endpoint: 'https://8.8.8.8/push',
    keys: { p256dh: 'A'.repeat(87), auth: 'A'.repeat(22) },
  }
  const push = (await make('/v1/web_push_subscriptions', browser, session.token)).id
  const about = { news, feedback: said.id, push }
  await planDeliveries(io, elsewhere, () => '{}')
  const deliveries = await call('GET', '/v1/webhook_deliveries', { token })
  const delivery = deliveries.body.data[0].id as string
  const across = await openAcross(shop, payer)
  const things = {
    ...across,
    ...about,
    refund,
    exception,
    party,
    merchant,
    store,
    terminal: device.id,
    product,
    payer,
    source,
    payment,
    order,
    wall,
    channel,
    rule,
    setting,
  }
  const colleague = { merchant, login: 'kate', name: 'Kate', password: 'a long secret' }
  const keys = await call('GET', `/v1/api_keys?owner=${merchant}`, { token })
  const apiKey = keys.body.data[0].id as string
  const people = { person: (await make('/v1/people', colleague)).id, notice: newId('ntc'), apiKey }
  return { token, ...things, ...people, endpoint, delivery }
}

/** What has to do with a third institution: a peer, what it took from a payer, a link under way. */
async function openAcross({ io }: Shop, payerId: string) {
  const [institutionId, now] = [elsewhere, io.now()]
  const peer = 'ins_third'
  const link = newId('src')
  const keys = { name: 'Third', publicKey: '-', privateKey: '-' }
  const act = { masterKey: io.masterKey, actor: 'command:test', trailId: newId('trl'), now }
  const channelAccountId = newId('cha')
  await io.db.transaction(async (tx) => {
    await putPeer(tx, { institutionId, id: peer, ...keys }, act)
    startLink(tx, { institutionId, linkId: link, payerId, channelAccountId, returnUrl: null, now })
  })
  const scannedCode = (await issueCode(io, { institutionId, payerId })).code.reveal()
  const charge = newId('chg')
  const { id: debit } = await chargePayer(io, {
    ...{ institutionId, peerId: peer, chargeId: charge, scannedCode, amountMinor: 100n },
    ...{ currency: 'CNY', merchantName: '店' },
  })
  const phone = { institutionId, payerId, name: '手机', platform: 'web' }
  const { device } = await enrolDevice(io, phone)
  return { peer, link, charge, debit, phone: device.id }
}

/** Everything that stands under an institution, as one text for each table. */
async function rowsOf(shop: Shop, institutionId: string): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: shop.databaseUrl })
  await client.connect()
  const { rows: tables } = await client.query<{ name: string }>(
    `select table_name as name from information_schema.columns
     where table_schema = 'public' and column_name = 'institution_id'`,
  )
  const found: Record<string, string> = {}
  for (const { name } of tables) {
    // When its own terminal was last seen is written some seconds after its own payment.
    const row = `(to_jsonb(t) - 'last_seen_at')::text`
    const text = `select coalesce(string_agg(${row}, ' ' order by ${row}), '') as all
      from ${name} t where institution_id = $1`
    found[name] = (await client.query<{ all: string }>(text, [institutionId])).rows[0]?.all ?? ''
  }
  await client.end()
  return found
}

/** Settings of its places, by body, and in a file. */
function settingTries(other: Record<'merchant' | 'store' | 'terminal', string>): Try[] {
  const wish = { changes: { 'till.sound': true }, reason: 'x', version: 100 }
  const at = (['merchant', 'store', 'terminal'] as const).flatMap((scope): Try[] => [
    ['POST', '/v1/settings', { scope, subject: other[scope], ...wish }],
    ['GET', `/v1/settings?scope=${scope}&subject=${other[scope]}`],
  ])
  const file = { onetill_settings: 1, settings: { merchants: { [other.merchant]: wish.changes } } }
  const institution = { scope: 'institution', subject: elsewhere, ...wish }
  return [
    ...at,
    ['POST', '/v1/settings', institution],
    ['POST', '/v1/settings/import', { yaml: JSON.stringify(file), reason: 'x' }],
  ]
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
type Try = [method: Method, path: string, body?: object]

test('no call of one institution reaches anything of another, by path, body or filter', async () => {
  const shop = await openShop()
  const desk = await serve(shop)
  const { app, call, staff, platformToken } = desk
  const other = await openElsewhere(shop, desk)
  await shop.pay({ code: await shop.code() })
  const before = await rowsOf(shop, elsewhere)

  // One for each path with an id: a new one must be added here, or the test fails below.
  const byPath: Try[] = [
    ['GET', `/v1/payments/{id}|${other.payment}`],
    ['POST', `/v1/payments/{id}/confirm|${other.payment}`, { pin: PIN }],
    ['POST', `/v1/payments/{id}/decline|${other.payment}`, {}],
    ['POST', `/v1/payments/{id}/reverse|${other.payment}`, {}],
    ['POST', `/v1/payments/{id}/check|${other.payment}`, {}],
    ['POST', `/v1/route_rules/{id}/end|${other.rule}`, {}],
    ['POST', `/v1/settings/changes/{id}/rollback|${other.setting}`, { reason: 'x' }],
    // The issuers are one table for all; what another's wallet shows is ended by nobody.
    ['POST', `/v1/issuers/{id}/end|onetill_82`],
    ['GET', `/v1/refunds/{id}|${other.refund}`],
    ['POST', `/v1/refunds/{id}/approve|${other.refund}`, {}],
    ['POST', `/v1/refunds/{id}/reject|${other.refund}`, {}],
    ['POST', `/v1/refunds/{id}/check|${other.refund}`, {}],
    ['GET', `/v1/exceptions/{id}|${other.exception}`],
    ['POST', `/v1/exceptions/{id}/resolve|${other.exception}`, { action: 'paid_otherwise' }],
    ['GET', `/v1/orders/{token}|${other.order}`],
    ['POST', `/v1/orders/{token}/pay|${other.order}`, { pin: PIN }],
    ['GET', `/v1/merchant_codes/{id}|${other.wall}`],
    ['DELETE', `/v1/merchant_codes/{id}|${other.wall}`],
    ['GET', `/v1/merchants/{id}|${other.merchant}`],
    ['PATCH', `/v1/merchants/{id}|${other.merchant}`, { state: 'closed' }],
    ['PATCH', `/v1/stores/{id}|${other.store}`, { state: 'closed' }],
    ['DELETE', `/v1/api_keys/{id}|${other.apiKey}`],
    ['PATCH', `/v1/people/{id}|${other.person}`, { state: 'closed' }],
    ['POST', `/v1/notices/{id}/read|${other.notice}`, { and_older: true }],
    ['POST', `/v1/terminals/{id}/activation_code|${other.terminal}`],
    ['PATCH', `/v1/terminals/{id}|${other.terminal}`, { state: 'locked' }],
    ['GET', `/v1/terminals/{id}|${other.terminal}`],
    ['GET', `/v1/terminals/{id}/positions|${other.terminal}`],
    ['GET', `/v1/terminals/{id}/history|${other.terminal}`],
    ...[other.merchant, other.store, other.terminal].flatMap((id): Try[] => [
      ['GET', `/v1/permissions/{id}|${id}`],
      ['PUT', `/v1/permissions/{id}|${id}`, { is_locked: true, reason: 'x' }],
    ]),
    ['PATCH', `/v1/products/{id}|${other.product}`, { price: 1 }],
    ['DELETE', `/v1/products/{id}|${other.product}`],
    ['POST', `/v1/payers/{id}/unfreeze|${other.payer}`],
    ['POST', `/v1/payers/{id}/level|${other.payer}`, { level: 'A', reason: 'x' }],
    ['GET', `/v1/payers/{id}|${other.payer}`],
    ['GET', `/v1/payers/{id}/mandate|${other.payer}`],
    ['GET', `/v1/payers/{id}/devices|${other.payer}`],
    ['POST', `/v1/payers/{id}/freeze_devices|${other.payer}`, { reason: 'x' }],
    ['POST', `/v1/devices/{id}/offline_codes|${other.phone}`, { count: 1 }],
    ['POST', `/v1/devices/{id}/freeze|${other.phone}`],
    ['POST', `/v1/devices/{id}/unfreeze|${other.phone}`, { pin: PIN }],
    ['DELETE', `/v1/devices/{id}|${other.phone}`],
    ['PATCH', `/v1/devices/{id}|${other.phone}`, { state: 'frozen', reason: 'x' }],
    ['POST', `/v1/sources/{id}/choose|${other.source}`],
    ['GET', `/v1/ledger_accounts/{id}|merchant:${other.merchant}:payable`],
    ['GET', `/v1/webhook_endpoints/{id}|${other.endpoint}`],
    ['PATCH', `/v1/webhook_endpoints/{id}|${other.endpoint}`, { state: 'paused' }],
    ['DELETE', `/v1/webhook_endpoints/{id}|${other.endpoint}`],
    ['POST', `/v1/webhook_endpoints/{id}/rotate_secret|${other.endpoint}`],
    ['POST', `/v1/webhook_endpoints/{id}/test|${other.endpoint}`],
    ['GET', `/v1/webhook_deliveries/{id}|${other.delivery}`],
    ['POST', `/v1/webhook_deliveries/{id}/resend|${other.delivery}`],
    ['GET', `/v1/linked_accounts/{id}|${other.link}`],
    ['DELETE', `/v1/linked_accounts/{id}|${other.link}`],
    ['GET', `/v1/news/{id}|${other.news}`],
    ['PATCH', `/v1/news/{id}|${other.news}`, { title: 'x' }],
    ['POST', `/v1/news/{id}/publish|${other.news}`],
    ['POST', `/v1/news/{id}/withdraw|${other.news}`],
    ['GET', `/v1/news/{id}/picture|${other.news}`],
    ['GET', `/v1/feed/{id}|${other.news}`],
    ['POST', `/v1/feed/{id}/read|${other.news}`],
    ['PUT', `/v1/subscriptions/{id}|${other.merchant}`, { state: 'on' }],
    ['POST', `/v1/payments/{id}/feedback|${other.payment}`, { rating: 1 }],
    ['GET', `/v1/payments/{id}/feedback|${other.payment}`],
    ['POST', `/v1/feedback/{id}/answer|${other.feedback}`, { text: 'x' }],
    ['DELETE', `/v1/web_push_subscriptions/{id}|${other.push}`],
    ['GET', `/v1/channel_accounts/{id}|${other.channel}`],
    ['PATCH', `/v1/channel_accounts/{id}|${other.channel}`, { state: 'closed' }],
    ['POST', `/v1/channel_accounts/{id}/test|${other.channel}`, {}],
    ['GET', `/v1/wallet_debits/{id}|${other.debit}`],
    ['POST', `/v1/wallet_debits/{id}/confirm|${other.debit}`, { pin: PIN }],
    ['POST', `/v1/wallet_debits/{id}/decline|${other.debit}`, {}],
    ['POST', `/v1/peer_institutions/{id}/close|${other.peer}`, {}],
    ['POST', `/v1/peer_institutions/{id}/key|${other.peer}`, { public_key: newPair().publicKey }],
    ['POST', `/v1/peer_institutions/{id}/answer_key|${other.peer}`, {}],
    ['POST', `/v1/peer_institutions/{id}/answer_key/use|${other.peer}`, {}],
    ['GET', `/v1/interbank/charges/{id}|${other.charge}`],
    ['POST', `/v1/interbank/charges/{id}/reverse|${other.charge}`, { amount: 100 }],
    ['POST', `/v1/interbank/charges/{id}/refunds|${other.charge}`, { refund: 'rfd_01', amount: 1 }],
    ['GET', `/v1/interbank/charges/{id}/refunds/{refund}|${other.charge}`],
  ]
  const wish = { payment_code: await shop.code(), amount: 1, currency: 'CNY', order_no: 'x' }
  const shown = { amount: 1, currency: 'CNY', order_no: 'y' }
  const rule = [{ role: 'agent', party: other.party, bps: 10, base: 'gross' }]
  const byBody: Try[] = [
    ['POST', '/v1/payments', { ...wish, store: other.store }],
    ['POST', '/v1/payments', { ...wish, store: other.store, merchant: other.merchant }],
    ['POST', '/v1/payments', { ...wish, store: shop.storeId, merchant: other.merchant }],
    ['POST', '/v1/refunds', { payment: other.payment, amount: 1 }],
    ...settingTries(other),
    ['POST', '/v1/orders', { ...shown, store: other.store, merchant: other.merchant }],
    ['POST', '/v1/merchant_codes', { store: other.store, name: 'x' }],
    ['POST', '/v1/channel_accounts', { ...wechatAccount, merchant: other.merchant }],
    ['POST', '/v1/merchants', { name: 'x', category: '5411', agent: other.party }],
    [
      'POST',
      '/v1/people',
      { merchant: other.merchant, login: 'eve', name: 'Eve', password: 'a long secret' },
    ],
    ['POST', '/v1/stores', { merchant: other.merchant, name: 'x', kind: 'other' }],
    ['POST', '/v1/terminals', { store: other.store, name: 'x' }],
    [
      'POST',
      '/v1/products',
      { merchant: other.merchant, sku: 'x', name: 'x', price: 1, currency: 'CNY' },
    ],
    ['POST', '/v1/allocation_rules', { merchant: other.merchant, lines: [] }],
    ['POST', '/v1/allocation_rules', { merchant: shop.merchantId, lines: rule }],
    [
      'POST',
      '/v1/cards',
      { payer: other.payer, label: 'x', last4: '0000', opening_amount: 1, currency: 'CNY' },
    ],
    ['POST', '/v1/payment_codes', { source: other.source }],
    [
      'POST',
      '/v1/webhook_endpoints',
      { url: 'https://8.8.8.8/', events: ['*'], merchant: other.merchant },
    ],
    [
      'POST',
      '/v1/news',
      { merchant: other.merchant, title: 'x', text: 'x', valid_until: '2099-01-01T00:00:00.000Z' },
    ],
    ['POST', '/v1/top_ups', { source: other.source, amount: 1, currency: 'CNY', pin: PIN }],
  ]
  const callers = {
    ...{ operator: staff.operator, merchant: staff.merchant, key: shop.merchantToken },
    ...{ terminal: shop.terminal.token, payer: shop.payer.token, party: platformToken },
  }
  for (const [method, path, body] of [...byPath, ...byBody])
    for (const [who, token] of Object.entries(callers)) {
      const [pattern = '', id = ''] = path.split('|')
      const url = pattern.replace(/\{(id|token)\}/, id)
      const reply = await call(method, url, { token, key: newId('req'), ...(body && { body }) })
      expect(reply.status, `${who} ${method} ${url}`).toBeGreaterThanOrEqual(400)
      expect(reply.status, `${who} ${method} ${url}`).toBeLessThan(500)
    }

  // Lists show nothing of it, with and without asking for it by name.
  const lists = ['payments', 'merchants', 'stores', 'terminals', 'products', 'parties', 'payers']
  lists.push('people')
  lists.push('sources', 'ledger_accounts', 'notices', 'trail', 'events')
  lists.push('refunds', 'exceptions', 'settings/changes', 'devices')
  lists.push('webhook_endpoints', 'webhook_deliveries', 'merchant_codes')
  lists.push('wallet_debits', 'linked_accounts', 'peer_institutions', 'channel_accounts')
  const filters = [
    ...['', `?merchant=${other.merchant}`, `?terminal=${other.terminal}`],
    ...[`?store=${other.store}`, `?account=merchant:${other.merchant}:payable`],
    ...[`?subject=${other.payment}`, `?payment=${other.payment}`, `?payer=${other.payer}`],
  ]
  const secrets = Object.entries(other).filter(([name]) => name !== 'token')
  for (const list of [...lists, 'ledger_transfers', 'day_totals', 'allocation_rules'])
    for (const filter of filters)
      for (const token of Object.values(callers)) {
        const url = `/v1/${list}${filter}`
        const reply = await call('GET', url, { token })
        expect(reply.status, url).toBeLessThan(500)
        if (reply.status !== 200) continue
        const text = JSON.stringify({ ...reply.body, url: '' })
        for (const [name, id] of secrets) expect(text, `${url} ${name}`).not.toContain(id)
        expect(reply.body.count ?? 0, url).toBeLessThan(2)
      }

  expect(await rowsOf(shop, elsewhere)).toEqual(before)
  const { paths } = app.swagger() as { paths: Record<string, object> }
  const known = new Set(byPath.map(([method, path]) => `${method} ${path.split('|')[0]}`))
  const all = Object.entries(paths)
    .filter(([path]) => path.includes('{'))
    .flatMap(([path, methods]) => Object.keys(methods).map((one) => `${one.toUpperCase()} ${path}`))
  expect(all.filter((one) => !known.has(one))).toEqual([])
})
