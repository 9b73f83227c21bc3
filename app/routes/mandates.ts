import { AppError } from '../../modules/errors/errors.ts'
import type { Io } from '../../modules/io/io.ts'
import { newId } from '../../modules/lib/ids.ts'
import { readMerchant } from '../../modules/party/party.ts'
import {
  changeMandate,
  checkPin,
  grantLevel,
  levels,
  pinAboveMinor,
  readMandate,
  readPayer,
} from '../../modules/wallet/wallet.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { actorOf } from '../http/principal.ts'
import { MandateChangeBody, MandateView, readChange, showMandate } from '../schemas/mandate.ts'
import { Body, found, PathId, Text, Words } from '../schemas/shared.ts'
import type { Context } from './routes.ts'

type PayerKey = { institutionId: string; payerId: string }

/** How much, where and when a payer lets be charged. Source: P7, P9. */
export function mandateRoutes(app: App, { io }: Context): void {
  app.get(
    '/v1/mandates/current',
    { schema: { summary: 'My limits', response: { 200: MandateView } }, config: allow('payer') },
    async (request) => {
      const { institutionId, id: payerId } = principalOf(request)
      return mandateOf(io, { institutionId, payerId })
    },
  )

  app.patch(
    '/v1/mandates/current',
    {
      schema: {
        summary: 'Change my limits',
        description:
          'Limits, number of payments, shops, kinds of shops, areas, hours and consent. It holds from ' +
          'the next payment on. A limit of a day goes down with a level whose cap is lower.',
        body: MandateChangeBody,
        response: { 200: MandateView },
      },
      config: {
        ...allow('payer'),
        refusals: ['PIN_WRONG', 'PAYER_FROZEN', 'MANDATE_ABOVE_LEVEL'],
      },
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId, id: payerId } = principal
      const { pin } = request.body
      const payer = { institutionId, payerId }
      await checkMerchants(io, institutionId, request.body.merchants ?? [])
      await checkPin(io, { ...payer, pin })
      const act = { actor: actorOf(principal), trailId: newId('trl'), now: io.now() }
      const change = readChange(request.body)
      await io.db.transaction((tx) => changeMandate(tx, { ...payer, ...change }, act))
      return mandateOf(io, payer)
    },
  )
  operatorRoutes(app, io)
}

function operatorRoutes(app: App, io: Io): void {
  app.get(
    '/v1/payers/:id/mandate',
    {
      schema: {
        summary: 'A payer’s limits, and what is used of them',
        params: PathId('pyr'),
        response: { 200: MandateView },
      },
      config: allow('operator'),
    },
    async (request) => {
      const { institutionId } = principalOf(request)
      const { id: payerId } = found(await readPayer(io.db, institutionId, request.params.id))
      return mandateOf(io, { institutionId, payerId })
    },
  )

  const body = Body({
    level: Words(levels, { description: 'A needs what the two have agreed in writing' }),
    reason: Text(200, { examples: ['柜面核验并签署电子签名协议'] }),
  })
  app.post(
    '/v1/payers/:id/level',
    {
      schema: {
        summary: 'Say how well a payer has proved who pays',
        description:
          'The best level that the payer may choose: A by certificate or electronic signature, B by ' +
          'two proofs, C by one, D by a static code. Raised, the payer still has to choose it.',
        params: PathId('pyr'),
        body,
        response: { 200: MandateView },
      },
      config: allow('operator'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { institutionId } = principal
      const { id: payerId } = request.params
      found(await readPayer(io.db, institutionId, payerId))
      const act = { actor: actorOf(principal), trailId: newId('trl'), now: io.now() }
      const grant = { institutionId, payerId, ...request.body }
      await io.db.transaction((tx) => grantLevel(tx, grant, act))
      return mandateOf(io, { institutionId, payerId })
    },
  )
}

/** A payer names shops of this institution only; of others there is nothing here to recognise. */
async function checkMerchants(
  io: Io,
  institutionId: string,
  merchantIds: readonly string[],
): Promise<void> {
  for (const id of merchantIds)
    if (!(await readMerchant(io.db, institutionId, id)))
      throw new AppError('INVALID_REQUEST', { param: 'merchants' })
}

async function mandateOf(io: Io, payer: PayerKey) {
  const { timeZone } = await io.institution(payer.institutionId)
  const mandate = await readMandate(io.db, payer, { now: io.now(), timeZone })
  return showMandate({ ...mandate, pinAboveMinor: pinAboveMinor(mandate) })
}
