import { Type } from 'typebox'

import { readMerchant, readStore } from '../../modules/party/party.ts'
import { activate, readTerminal } from '../../modules/terminal/terminal.ts'
import type { App } from '../http/http.ts'
import { guessLimit } from '../http/limits.ts'
import { Body, found } from '../schemas/shared.ts'
import type { Context } from './routes.ts'

const Named = Type.Object({ id: Type.String(), name: Type.String() })

const ActivationView = Type.Object(
  {
    object: Type.Literal('activation'),
    token: Type.String({ description: 'The bearer token of this device; shown this once' }),
    terminal: Named,
    store: Named,
    merchant: Named,
  },
  { title: 'Activation' },
)

/** A device becomes a terminal by the code that the merchant made for it, once. */
export function activationRoute(app: App, io: Context['io']): void {
  app.post(
    '/v1/terminals/activate',
    {
      schema: {
        summary: 'Activate this device: the code becomes a bearer token',
        description: 'Case and dashes do not matter. Tokens that the terminal had before end.',
        body: Body({
          activation_code: Type.String({ maxLength: 64, examples: ['7K3M-Q0XZ-demo'] }),
        }),
        response: { 201: ActivationView },
      },
      config: { ...guessLimit(30), refusals: ['ACTIVATION_CODE_WRONG', 'RATE_LIMITED'] },
    },
    async (request, reply) => {
      const { institutionId, terminalId, token } = await activate(io, request.body.activation_code)
      io.poke(institutionId)
      const terminal = found(await readTerminal(io.db, institutionId, terminalId))
      const store = found(await readStore(io.db, institutionId, terminal.storeId))
      const merchant = found(await readMerchant(io.db, institutionId, terminal.merchantId))
      return reply.code(201).send({
        object: 'activation',
        token,
        terminal: nameOf(terminal),
        store: nameOf(store),
        merchant: nameOf(merchant),
      })
    },
  )
}

const nameOf = ({ id, name }: { id: string; name: string }) => ({ id, name })
