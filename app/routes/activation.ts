import { Type } from 'typebox'

import { readMerchant, readStore } from '../../modules/party/party.ts'
import { activate, readTerminal } from '../../modules/terminal/terminal.ts'
import { readDeviceKey } from '../http/device-key.ts'
import type { App } from '../http/http.ts'
import { guessLimit } from '../http/limits.ts'
import { Body, found } from '../schemas/shared.ts'
import type { Context } from './routes.ts'

const Named = Type.Object({ id: Type.String(), name: Type.String() })

const ActivationView = Type.Object(
  {
    object: Type.Literal('activation'),
    token: Type.String({ description: 'The bearer token of this device; shown this once' }),
    key_id: Type.String({ description: 'The `keyid` of the device’s signatures' }),
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
        description:
          'Case and dashes do not matter. Tokens and keys that the terminal had before end. From now on ' +
          'this device signs all its calls but those that read (RFC 9421).',
        body: Body({
          activation_code: Type.String({ maxLength: 64, examples: ['7K3M-Q0XZ-demo'] }),
          public_key: Type.String({
            maxLength: 64,
            description: 'An Ed25519 key that this device has made: its 32 bytes in base64url',
            examples: ['11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'],
          }),
        }),
        response: { 201: ActivationView },
      },
      config: {
        ...guessLimit(30),
        refusals: ['ACTIVATION_CODE_WRONG', 'DEVICE_KEY_WRONG', 'RATE_LIMITED'],
      },
    },
    async (request, reply) => {
      const { activation_code, public_key } = request.body
      const publicKey = readDeviceKey(public_key)
      const { institutionId, terminalId, token } = await activate(io, activation_code, publicKey)
      io.poke(institutionId)
      const terminal = found(await readTerminal(io.db, institutionId, terminalId))
      const store = found(await readStore(io.db, institutionId, terminal.storeId))
      const merchant = found(await readMerchant(io.db, institutionId, terminal.merchantId))
      return reply.code(201).send({
        object: 'activation',
        token,
        key_id: terminalId,
        terminal: nameOf(terminal),
        store: nameOf(store),
        merchant: nameOf(merchant),
      })
    },
  )
}

const nameOf = ({ id, name }: { id: string; name: string }) => ({ id, name })
