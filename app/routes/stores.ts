import { Type } from 'typebox'

import { newId } from '../../modules/lib/ids.ts'
import {
  changeStore,
  createStore,
  readMerchant,
  readStore,
  readStores,
  storeKinds,
  type Store,
} from '../../modules/party/party.ts'
import { openVirtualTerminal } from '../../modules/terminal/terminal.ts'
import { record } from '../../modules/trail/trail.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { idempotent } from '../http/idempotency.ts'
import { actorOf, merchantFor, merchantScope } from '../http/principal.ts'
import {
  Body,
  found,
  IdText,
  ListOf,
  ListQuery,
  orNull,
  PathId,
  readPage,
  SearchText,
  showList,
  Text,
  Time,
  Words,
} from '../schemas/shared.ts'
import type { Context } from './routes.ts'

const Latitude = Type.Number({ minimum: -90, maximum: 90, examples: [31.2304] })
const Longitude = Type.Number({ minimum: -180, maximum: 180, examples: [121.4737] })

const Name = () => Text(64, { examples: ['晨光便利店 人民路店'] })
const Address = () => Text(200, { examples: ['上海市黄浦区人民路 1 号'] })
const Position = () => Body({ latitude: Latitude, longitude: Longitude })
const StoreState = () => Words(['active', 'closed'])

const StoreBody = Body({
  merchant: Type.Optional(IdText('mch', { description: 'Named by the operator' })),
  name: Name(),
  kind: Words(storeKinds),
  address: Type.Optional(Address()),
  position: Type.Optional(Position()),
})

const StoreChangeBody = Body(
  {
    name: Type.Optional(Name()),
    kind: Type.Optional(Words(storeKinds)),
    address: Type.Optional(orNull(Address())),
    position: Type.Optional(orNull(Position())),
    state: Type.Optional(StoreState()),
    reason: Type.Optional(Text(200)),
  },
  { minProperties: 1 },
)

const StoreView = Type.Object(
  {
    object: Type.Literal('store'),
    id: Type.String({ examples: ['str_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    merchant: Type.String({ examples: ['mch_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    name: Type.String(),
    kind: Words(storeKinds),
    address: orNull(Type.String()),
    position: orNull(Type.Object({ latitude: Latitude, longitude: Longitude })),
    state: StoreState(),
    created_at: Time(),
  },
  { title: 'Store' },
)

const showStore = (store: Store) => ({
  object: 'store' as const,
  id: store.id,
  merchant: store.merchantId,
  name: store.name,
  kind: store.kind,
  address: store.address,
  position: store.position,
  state: store.state,
  created_at: store.createdAt.toISOString(),
})

/** The stores of merchants, where terminals stand: opened, changed and closed. */
export function storeRoutes(app: App, { io }: Context): void {
  createRoute(app, io)
  changeRoute(app, io)

  app.get(
    '/v1/stores',
    {
      schema: {
        summary: 'List stores',
        querystring: ListQuery({ merchant: Type.Optional(IdText('mch')), q: SearchText() }),
        response: { 200: ListOf(StoreView) },
      },
      config: allow('operator', 'merchant'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { query } = request
      const merchantId = merchantScope(principal, query.merchant)
      const page = { merchantId, q: query.q ?? null, ...readPage(query) }
      const stores = await readStores(io.db, principal.institutionId, page)
      return showList(stores, query, { url: '/v1/stores', show: showStore })
    },
  )
}

function createRoute(app: App, io: Context['io']): void {
  app.post(
    '/v1/stores',
    {
      schema: { summary: 'Open a store', body: StoreBody, response: { 201: StoreView } },
      config: { ...allow('operator', 'merchant'), isIdempotent: true },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { name, kind, address = null, position = null } = request.body
      const merchantId = merchantFor(principal, request.body.merchant)
      found(await readMerchant(io.db, institutionId, merchantId))
      const now = io.now()
      const id = newId('str', now.getTime())
      const store = { id, merchantId, name, kind, address, position }
      const entry = {
        ...{ id: newId('trl', now.getTime()), at: now, actor: actorOf(principal) },
        ...{ action: 'store.create', subject: id },
        detail: { merchant: merchantId, name, kind, address, position },
      }
      return idempotent(io, request, reply, async (tx) => {
        await createStore(tx, { institutionId, ...store }, now)
        await openVirtualTerminal(tx, { institutionId, merchantId, storeId: id }, now)
        await record(tx, institutionId, [entry])
        return { body: showStore({ ...store, state: 'active', createdAt: now }) }
      })
    },
  )
}

function changeRoute(app: App, io: Context['io']): void {
  app.patch(
    '/v1/stores/:id',
    {
      schema: {
        summary: 'Change a store, close it or open it again',
        description:
          'A closed store takes no payment and shows no order. What it took before can be refunded, and ' +
          'its terminals keep their keys.',
        params: PathId('str'),
        body: StoreChangeBody,
        response: { 200: StoreView },
      },
      config: allow('operator', 'merchant'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { id } = request.params
      merchantScope(principal, found(await readStore(io.db, institutionId, id)).merchantId)
      const { reason: _, ...change } = request.body
      const now = io.now()
      const entry = {
        ...{ id: newId('trl', now.getTime()), at: now, actor: actorOf(principal) },
        ...{ action: 'store.change', subject: id, detail: { ...request.body } },
      }
      const store = await io.db.transaction(async (tx) => {
        const changed = await changeStore(tx, { institutionId, id }, change)
        await record(tx, institutionId, [entry])
        return changed
      })
      io.poke(institutionId)
      return showStore(store)
    },
  )
}
