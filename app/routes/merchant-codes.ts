import { Type } from 'typebox'

import { AppError } from '../../modules/errors/errors.ts'
import type { Io } from '../../modules/io/io.ts'
import { newId } from '../../modules/lib/ids.ts'
import { readMerchant, readStore } from '../../modules/party/party.ts'
import {
  closeMerchantCode,
  createMerchantCode,
  readMerchantCode,
  readMerchantCodes,
  type MerchantCodeRow,
} from '../../modules/payment/payment.ts'
import { merchantToken } from '../../modules/paycode/paycode.ts'
import { record } from '../../modules/trail/trail.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { idempotent } from '../http/idempotency.ts'
import { addressOf, emvcoStatic } from '../http/merchant-shown.ts'
import { actorOf, merchantScope, type Principal } from '../http/principal.ts'
import {
  Body,
  found,
  IdText,
  ListOf,
  ListQuery,
  orNull,
  PathId,
  readPage,
  showList,
  Text,
  Time,
  Words,
} from '../schemas/shared.ts'
import type { Context } from './routes.ts'

const CodeBody = Body({
  store: IdText('str'),
  name: Text(64, { description: 'What stands under the code', examples: ['2 号收银台'] }),
})

const CodeView = Type.Object(
  {
    object: Type.Literal('merchant_code'),
    id: Type.String({ examples: ['mcd_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    merchant: Type.String(),
    store: Type.String(),
    name: Type.String(),
    state: Words(['active', 'closed']),
    token: Type.String({ examples: ['m_demo_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    url: Type.String({ description: 'What the QR code says' }),
    emvco_text: Type.String({ description: 'The same as an EMVCo merchant-presented code' }),
    print_url: Type.String({ description: 'A page to print and to hang up' }),
    created_at: Time(),
    closed_at: orNull(Time()),
  },
  { title: 'MerchantCode' },
)

/** Codes that hang on a merchant's wall: payers scan them and say how much. */
export function merchantCodeRoutes(app: App, context: Context): void {
  readRoutes(app, context)
  writeRoutes(app, context)
}

async function show(io: Io, publicUrl: string, code: MerchantCodeRow) {
  const { institutionId, id, merchantId, storeId, name, state, createdAt, closedAt } = code
  const { currency } = await io.institution(institutionId)
  const merchant = found(await readMerchant(io.db, institutionId, merchantId))
  const url = addressOf(publicUrl, { institutionId, id })
  return {
    ...{ object: 'merchant_code' as const, id, merchant: merchantId, store: storeId, name, state },
    ...{ token: merchantToken(institutionId, id), url, print_url: `${url}/print` },
    emvco_text: emvcoStatic(code, { merchantName: merchant.name, currency }),
    ...{ created_at: createdAt.toISOString(), closed_at: closedAt?.toISOString() ?? null },
  }
}

async function ownCode(io: Io, principal: Principal, id: string): Promise<MerchantCodeRow> {
  const code = found(await readMerchantCode(io.db, principal.institutionId, id))
  merchantScope(principal, code.merchantId)
  return code
}

function readRoutes(app: App, { io, publicUrl }: Context): void {
  const config = allow('operator', 'merchant')
  app.get(
    '/v1/merchant_codes',
    {
      schema: {
        summary: 'List the codes on merchants’ walls',
        querystring: ListQuery({ merchant: Type.Optional(IdText('mch')) }),
        response: { 200: ListOf(CodeView) },
      },
      config,
    },
    async (request) => {
      const principal = principalOf(request)
      const { query } = request
      const merchantId = merchantScope(principal, query.merchant)
      const page = { merchantId, ...readPage(query) }
      const codes = await readMerchantCodes(io.db, principal.institutionId, page)
      const shown = await Promise.all(codes.map((code) => show(io, publicUrl, code)))
      return showList(shown, query, { url: '/v1/merchant_codes', show: (one) => one })
    },
  )

  app.get(
    '/v1/merchant_codes/:id',
    {
      schema: {
        summary: 'Look at a code on a merchant’s wall',
        params: PathId('mcd'),
        response: { 200: CodeView },
      },
      config,
    },
    async (request) =>
      show(io, publicUrl, await ownCode(io, principalOf(request), request.params.id)),
  )
}

function writeRoutes(app: App, { io, publicUrl }: Context): void {
  app.post(
    '/v1/merchant_codes',
    {
      schema: {
        summary: 'Make a code to hang on the wall of a store',
        description:
          'The payer scans it and enters the amount. An own payer may pay up to 500 yuan a day by ' +
          'such codes; the schemes hold theirs to the same.',
        body: CodeBody,
        response: { 201: CodeView },
      },
      config: { ...allow('operator', 'merchant'), isIdempotent: true },
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { store: storeId, name } = request.body
      const store = await readStore(io.db, institutionId, storeId)
      if (!store) throw new AppError('NOT_FOUND', { param: 'store' })
      const { merchantId } = store
      merchantScope(principal, merchantId)
      const now = io.now()
      const id = newId('mcd', now.getTime())
      const code = { institutionId, id, merchantId, storeId, name }
      const shown = await show(io, publicUrl, {
        ...{ ...code, state: 'active', createdAt: now, closedAt: null },
      })
      const entry = {
        ...{ id: newId('trl', now.getTime()), at: now, actor: actorOf(principal) },
        ...{ action: 'merchant_code.create', subject: id },
        detail: { merchant: merchantId, store: storeId, name },
      }
      return idempotent(io, request, reply, async (tx) => {
        createMerchantCode(tx, code, now)
        await record(tx, institutionId, [entry])
        return { body: shown }
      })
    },
  )

  app.delete(
    '/v1/merchant_codes/:id',
    {
      schema: {
        summary: 'Take a code on the wall out of use; what was paid by it stays',
        params: PathId('mcd'),
        response: { 204: Type.Null() },
      },
      config: allow('operator', 'merchant'),
    },
    async (request, reply) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { id, state } = await ownCode(io, principal, request.params.id)
      const now = io.now()
      const entry = {
        ...{ id: newId('trl', now.getTime()), at: now, actor: actorOf(principal) },
        ...{ action: 'merchant_code.close', subject: id, detail: {} },
      }
      if (state === 'active') {
        await io.db.transaction(async (tx) => {
          closeMerchantCode(tx, { institutionId, id }, now)
          await record(tx, institutionId, [entry])
        })
      }
      return reply.code(204).send(null)
    },
  )
}
