import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

import Type, { type Static } from 'typebox'
import Value from 'typebox/value'

import { OperatorError } from '../modules/database/operator-error.ts'

// A variable's description is the end of the sentence that a wrong value gets.
const variables = Type.Object({
  PORT: Type.Integer({
    minimum: 1,
    maximum: 65_535,
    default: 8080,
    description: 'a port number from 1 to 65535',
  }),
  HOST: Type.String({ minLength: 1, default: '127.0.0.1', description: 'an address to listen on' }),
  DATA_DIR: Type.String({ minLength: 1, default: './data', description: 'a folder' }),
  DATABASE_URL: Type.Optional(
    Type.String({
      pattern: '^postgres(ql)?://',
      description: 'an address that begins with postgresql://',
    }),
  ),
  ONETILL_KEY: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9+/]{43}=$',
      description: '32 bytes in base64, as "openssl rand -base64 32" prints them',
    }),
  ),
  ONETILL_SEALING_KEYS: Type.Optional(
    Type.String({
      pattern: '^(first|[A-Za-z0-9+/]{43}=)( *, *(first|[A-Za-z0-9+/]{43}=))*$',
      description: 'keys of 32 bytes in base64, the one that seals first, parted by commas',
    }),
  ),
  PUBLIC_URL: Type.Optional(
    Type.String({
      pattern: '^https?://[^/]+$',
      description: 'an address like https://pay.example.com, without a path',
    }),
  ),
  TRUST_PROXY: Type.Optional(Type.Enum(['yes', 'no'], { description: 'yes or no' })),
  WEBHOOK_ALLOW_PRIVATE: Type.Optional(Type.Enum(['yes', 'no'], { description: 'yes or no' })),
  LOG_LEVEL: Type.Optional(
    Type.Enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], {
      description: 'one of fatal, error, warn, info, debug, silent',
    }),
  ),
})

/** Where the built web apps are. */
export const webRoot = fileURLToPath(new URL('../web/dist', import.meta.url))

export type Config = {
  port: number
  host: string
  /** An absolute path. */
  dataFolder: string
  /** Whether somebody named the data folder, or it is the default one. */
  isFolderNamed: boolean
  /** null: the embedded PostgreSQL in the data folder. */
  databaseUrl: string | null
  /** 32 bytes in base64; null: the file `key` in the data folder. */
  key: string | null
  /** The sealing keys, the one that seals first; null: in that file, or made from the key. */
  sealingKeys: string | null
  /** How the world reaches this server, without a slash at the end. */
  publicUrl: string
  /** Whether a proxy before us says who calls; without one anybody could claim to be anybody. */
  trustProxy: boolean
  /** Whether webhooks may go to http and to addresses of the own network; null: the demo may. */
  webhookAllowPrivate: boolean | null
  logLevel: Static<typeof variables>['LOG_LEVEL'] | null
}

/** Variables by name; what the command line says comes before what the environment says. */
export type Variables = Readonly<Record<string, string | undefined>>

/**
 * Reads the configuration. An empty variable counts as one that is not set.
 *
 * Source: DESIGN §7 (one typed schema over the environment; business parameters live in settings).
 *
 * @throws OperatorError that names the first wrong variable and says what it must be. The value of
 * a secret is not repeated.
 */
export function readConfig(said: Variables = {}, environment: Variables = process.env): Config {
  const names = Object.keys(variables.properties) as (keyof typeof variables.properties)[]
  const given = Object.fromEntries(
    names.flatMap((name) => {
      const value = said[name] || environment[name]
      return value ? [[name, value]] : []
    }),
  )
  const port = given['PORT']
  const numbers = port === undefined ? {} : { PORT: /^\d+$/.test(port) ? Number(port) : NaN }
  const values = Value.Default(variables, { ...given, ...numbers })
  if (!Value.Check(variables, values)) {
    const [error] = Value.Errors(variables, values)
    throw new OperatorError(wrongVariable(error?.instancePath.slice(1) ?? '', given))
  }
  const host = values.HOST
  const shown = ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(host) ? 'localhost' : host
  return {
    port: values.PORT,
    host,
    dataFolder: resolve(values.DATA_DIR),
    isFolderNamed: given['DATA_DIR'] !== undefined,
    databaseUrl: values.DATABASE_URL ?? null,
    key: values.ONETILL_KEY ?? null,
    sealingKeys: values.ONETILL_SEALING_KEYS ?? null,
    publicUrl: values.PUBLIC_URL ?? `http://${shown}:${values.PORT}`,
    trustProxy: values.TRUST_PROXY === 'yes',
    webhookAllowPrivate:
      values.WEBHOOK_ALLOW_PRIVATE === undefined ? null : values.WEBHOOK_ALLOW_PRIVATE === 'yes',
    logLevel: values.LOG_LEVEL ?? null,
  }
}

/**
 * Refuses the default data folder: whoever works in production says where the data is.
 *
 * @throws OperatorError
 */
export function refuseUnnamedPlace({ databaseUrl, isFolderNamed }: Config): void {
  if (databaseUrl !== null || isFolderNamed) return
  throw new OperatorError(
    'Set DATABASE_URL to a PostgreSQL 15 or newer, or name a data folder for the embedded one ' +
      'with --data.',
  )
}

const secrets = ['ONETILL_KEY', 'ONETILL_SEALING_KEYS', 'DATABASE_URL']

function wrongVariable(name: string, given: Readonly<Record<string, string>>): string {
  const schema = Object.entries(variables.properties).find(([key]) => key === name)?.[1]
  const must = (schema as { description?: string } | undefined)?.description ?? 'something else'
  const is = secrets.includes(name) ? '' : `, and not "${given[name]}"`
  return `The environment variable ${name} must be ${must}${is}.`
}

/** The language of the person at this machine, as the shell says it: `zh_CN.UTF-8`. */
export function localeOf(variables: Variables = process.env): string | undefined {
  return variables['LC_ALL'] || variables['LC_MESSAGES'] || variables['LANG'] || undefined
}
