import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { Type, type Static } from 'typebox'
import Value from 'typebox/value'

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
  readTerminal,
  renewActivation,
} from '../../modules/terminal/terminal.ts'
import { DEMO_PASSWORD, demoShop, openDemoShop } from './shop.ts'
import { openDemoPayers, type DemoPayer } from './payers.ts'

const text = Type.String()
const Named = { id: text, name: text }

const DemoShape = Type.Object({
  url: text,
  institution: Type.Object(Named),
  merchant: Type.Object({ ...Named, token: text }),
  store: Type.Object({ id: text }),
  terminals: Type.Array(Type.Object({ ...Named, token: text }), { minItems: 2, maxItems: 2 }),
  spare_terminal: Type.Object({ id: text }),
  payers: Type.Array(
    Type.Object({ ...Named, login: text, password: text, pin: text, token: text }),
    { minItems: 3, maxItems: 3 },
  ),
  operator: Type.Object({ id: text, login: text, password: text, token: text }),
  merchant_staff: Type.Object({ login: text, password: text, token: text }),
  platform: Type.Object({ id: text, token: text }),
  agent: Type.Object({ id: text, token: text }),
  currency: text,
})

/** What stands in `demo.json`: everything that is needed to try the API by hand. */
export type DemoFile = Static<typeof DemoShape>

const institutionId = demoShop.institution.id

/**
 * Puts the demo shop into the database, once, and its people and tokens into `demo.json` in the
 * data folder (mode 600). When the file is there and its tokens work, nothing is done; when they do
 * not, new tokens are issued for the shop that is there.
 *
 * Source: DESIGN §7.
 */
export async function seedDemo(
  io: Io,
  { url, dataDir }: { url: string; dataDir: string },
): Promise<DemoFile> {
  const path = join(dataDir, 'demo.json')
  const earlier = readDemoFile(path)
  if (earlier && (await isGood(io, earlier))) {
    const file = { ...earlier, url }
    if (earlier.url !== url) writeDemoFile(path, file)
    return file
  }
  await openDemoShop(io)
  const payers = await openDemoPayers(io)
  const file = await issueTokens(io, { url, payers })
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  writeDemoFile(path, file)
  return file
}

async function issueTokens(
  io: Io,
  { url, payers }: { url: string; payers: readonly DemoPayer[] },
): Promise<DemoFile> {
  const { merchant, store, operator, merchantStaff, platform, agent } = demoShop
  const [first, second] = demoShop.terminals
  return {
    url,
    institution: { id: institutionId, name: demoShop.institution.name },
    merchant: { ...merchant, token: await issue(io, 'merchant_key', merchant.id) },
    store: { id: store.id },
    terminals: [
      { ...first, token: await terminalToken(io, first.id) },
      { ...second, token: await terminalToken(io, second.id) },
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

async function issue(io: Io, kind: CredentialKind, subjectId: string): Promise<string> {
  const token = newToken(kind, institutionId)
  await io.db.transaction(async (tx) => {
    issueCredential(tx, { institutionId, kind, subjectId, now: io.now(), token })
    await Promise.resolve()
  })
  return token
}

/** A terminal that is new is activated as a device would be; one that is active gets one more token. */
async function terminalToken(io: Io, id: string): Promise<string> {
  const terminal = await readTerminal(io.db, institutionId, id)
  assert(terminal, 'the shop has its terminals')
  if (terminal.state !== 'new') return issue(io, 'terminal', id)
  const code = newActivationCode(institutionId)
  const expiresAt = new Date(io.now().getTime() + ACTIVATION_LIFE_MS)
  const activation = { code, pepper: io.pepper, expiresAt }
  await io.db.transaction((tx) => renewActivation(tx, { institutionId, id }, activation))
  return (await activate(io, code)).token
}

/** Whether each token of the file still opens what it did. */
async function isGood(io: Io, file: DemoFile): Promise<boolean> {
  const { merchant, terminals, payers, operator, merchant_staff: staff, platform, agent } = file
  const owners: [token: string, id: string][] = [
    ...[merchant, ...terminals, ...payers, operator, platform, agent].map(
      ({ token, id }): [string, string] => [token, id],
    ),
    [staff.token, demoShop.merchantStaff.id],
  ]
  const credentials = await Promise.all(
    owners.map(([token]) => readCredential(io.db, token, io.now())),
  )
  return credentials.every((credential, at) => credential?.subjectId === owners[at]?.[1])
}

function readDemoFile(path: string): DemoFile | null {
  let written: string
  try {
    written = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  const file = parseJson(written)
  return Value.Check(DemoShape, file) ? file : null
}

function parseJson(written: string): unknown {
  try {
    return JSON.parse(written)
  } catch {
    return null // somebody's half edit: it is written anew
  }
}

/** In one step, so that nobody ever reads half of it. */
function writeDemoFile(path: string, file: DemoFile): void {
  const draft = `${path}.${randomBytes(4).toString('hex')}`
  try {
    writeFileSync(draft, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}
