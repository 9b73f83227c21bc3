import { generateKeyPairSync, type KeyObject } from 'node:crypto'

import type { Io } from '../../modules/io/io.ts'
import { assert } from '../../modules/lib/assert.ts'
import {
  issueCredential,
  newToken,
  readCredential,
  type CredentialKind,
} from '../../modules/party/party.ts'
import {
  ACTIVATION_LIFE_MS,
  activate,
  newActivationCode,
  renewActivation,
} from '../../modules/terminal/terminal.ts'
import type { ShopFile } from './file.ts'
import { DEMO_PASSWORD, demoShop } from './shop.ts'
import type { DemoPayer } from './payers.ts'

const institutionId = demoShop.institution.id

/** Issues new tokens for everybody in the demo shop; older ones go on working. */
export async function issueTokens(
  io: Io,
  { url, payers }: { url: string; payers: readonly DemoPayer[] },
): Promise<ShopFile> {
  const { merchant, store, operator, merchantStaff, platform, agent } = demoShop
  const [first, second] = demoShop.terminals
  return {
    url,
    institution: { id: institutionId, name: demoShop.institution.name },
    merchant: { ...merchant, token: await issue(io, 'merchant_key', merchant.id) },
    store: { id: store.id },
    terminals: [
      { ...first, ...(await activateDevice(io, first.id)) },
      { ...second, ...(await activateDevice(io, second.id)) },
    ],
    spare_terminal: { id: demoShop.spareTerminal.id },
    payers: await Promise.all(
      payers.map(async (payer) => ({ ...payer, token: await issue(io, 'payer', payer.id) })),
    ),
    operator: {
      ...{ id: operator.id, login: operator.login, password: DEMO_PASSWORD },
      token: await issue(io, 'staff', operator.id),
    },
    merchant_staff: {
      ...{ login: merchantStaff.login, password: DEMO_PASSWORD },
      token: await issue(io, 'staff', merchantStaff.id),
    },
    platform: { id: platform.id, token: await issue(io, 'party_key', platform.id) },
    agent: { id: agent.id, token: await issue(io, 'party_key', agent.id) },
    currency: demoShop.currency,
  }
}

/** A new token of this kind for one of an institution's own. */
export async function issueToken(io: Io, owner: TokenOwner): Promise<string> {
  const token = newToken(owner.kind, owner.institutionId)
  await io.db.transaction(async (tx) => {
    issueCredential(tx, { ...owner, now: io.now(), token })
    await Promise.resolve()
  })
  return token
}

type TokenOwner = { institutionId: string; kind: CredentialKind; subjectId: string }

const issue = (io: Io, kind: CredentialKind, subjectId: string) =>
  issueToken(io, { institutionId, kind, subjectId })

/** Activates a terminal as a device would, with a key of its own; the device before it ends. */
async function activateDevice(io: Io, id: string) {
  const code = newActivationCode(institutionId)
  const expiresAt = new Date(io.now().getTime() + ACTIVATION_LIFE_MS)
  const activation = { code, pepper: io.pepper, expiresAt }
  await io.db.transaction((tx) => renewActivation(tx, { institutionId, id }, activation))
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const { token } = await activate(io, code, rawKeyOf(publicKey))
  return { token, key_id: id, private_key: pemOf(privateKey) }
}

const pemOf = (key: KeyObject): string => key.export({ format: 'pem', type: 'pkcs8' }).toString()

/** The 32 bytes of an Ed25519 public key, without what names their kind. */
function rawKeyOf(key: KeyObject): Buffer {
  const { x } = key.export({ format: 'jwk' })
  assert(x !== undefined, 'an Ed25519 key has its x')
  return Buffer.from(x, 'base64url')
}

/** Whether each token of the shop's people still opens what it did. */
export async function isGood(io: Io, file: ShopFile): Promise<boolean> {
  const { merchant, terminals, payers, operator, merchant_staff: staff, platform, agent } = file
  const owners: [token: string, id: string][] = [
    ...[merchant, ...terminals, ...payers, operator, platform, agent].map(
      ({ token, id }): [string, string] => [token, id],
    ),
    [staff.token, demoShop.merchantStaff.id],
  ]
  const good = await Promise.all(owners.map(([token, id]) => opens(io, token, id)))
  return good.every(Boolean)
}

/** Whether a token still opens what belongs to `id`. */
export const opens = async (io: Io, token: string, id: string): Promise<boolean> =>
  (await readCredential(io.db, token, io.now()))?.subjectId === id
