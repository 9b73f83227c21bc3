import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

import { Type, type Static } from 'typebox'
import Value from 'typebox/value'

const text = Type.String()
const Named = { id: text, name: text }
const Payer = Type.Object({
  ...Named,
  ...{ login: text, password: text, pin: text, token: text },
})

/** A phone of the sandbox, as a page to open. */
const Phone = Type.Object({ name: text, url: text })
const Counterpart = Type.Object({ url: text, phone: text, phones: Type.Array(Phone) })

const Shape = Type.Object({
  url: text,
  institution: Type.Object(Named),
  merchant: Type.Object({ ...Named, token: text }),
  store: Type.Object({ id: text }),
  // Its key is what a device would keep to itself: PKCS #8 as PEM.
  terminals: Type.Array(Type.Object({ ...Named, token: text, key_id: text, private_key: text }), {
    minItems: 2,
    maxItems: 2,
  }),
  spare_terminal: Type.Object({ id: text }),
  payers: Type.Array(Payer, { minItems: 3, maxItems: 3 }),
  operator: Type.Object({ id: text, login: text, password: text, token: text }),
  merchant_staff: Type.Object({ login: text, password: text, token: text }),
  platform: Type.Object({ id: text, token: text }),
  agent: Type.Object({ id: text, token: text }),
  currency: text,
  // What files of before may lack. A counterpart that is not there is left out.
  city_payer: Type.Optional(Payer),
  channel_accounts: Type.Optional(Type.Array(Type.Object({ id: text, channel: text }))),
  sandbox: Type.Optional(
    Type.Object({
      wechat: Type.Optional(Counterpart),
      alipay: Type.Optional(Counterpart),
      unionpay: Type.Optional(Counterpart),
    }),
  ),
})

/** The shop's part of the file: what stood in it before there were channels. */
export type ShopFile = Static<typeof Shape>

/** What stands in `demo.json`: everything that is needed to try the API by hand. */
export type DemoFile = ShopFile & Required<Pick<ShopFile, DemoPart>>

type DemoPart = 'city_payer' | 'channel_accounts' | 'sandbox'

/** The file, or null when there is none or somebody has broken it. */
export function readDemoFile(path: string): ShopFile | null {
  let written: string
  try {
    written = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
  const file = parseJson(written)
  return Value.Check(Shape, file) ? file : null
}

function parseJson(written: string): unknown {
  try {
    return JSON.parse(written)
  } catch {
    return null // somebody's half edit: it is written anew
  }
}

/** Writes the file in one step, mode 600, so that nobody ever reads half of it. */
export function writeDemoFile(path: string, file: DemoFile): void {
  const draft = `${path}.${randomBytes(4).toString('hex')}`
  try {
    writeFileSync(draft, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
    renameSync(draft, path)
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}
