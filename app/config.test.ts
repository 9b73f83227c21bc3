import { resolve } from 'node:path'

import { expect, test } from 'vitest'

import { readConfig, type Config } from './config.ts'

test('with nothing said the program listens on this machine alone, with its data beside it', () => {
  expect(readConfig({}, {})).toEqual<Config>({
    port: 8080,
    host: '127.0.0.1',
    dataFolder: resolve('data'),
    isFolderNamed: false,
    databaseUrl: null,
    key: null,
    sealingKeys: null,
    publicUrl: 'http://localhost:8080',
    trustProxy: false,
    webhookAllowPrivate: null,
    logLevel: null,
  })
})

test('an empty variable counts as one that is not set', () => {
  const empty = { PORT: '', DATABASE_URL: '', ONETILL_KEY: '', LOG_LEVEL: '' }
  expect(readConfig({}, empty)).toEqual(readConfig({}, {}))
})

test('the command line comes before the environment', () => {
  expect(readConfig({ PORT: '81' }, { PORT: '82', HOST: '0.0.0.0' })).toMatchObject({
    port: 81,
    host: '0.0.0.0',
    publicUrl: 'http://localhost:81',
  })
})

test.each([
  ['PORT', '0'],
  ['PORT', '65536'],
  ['PORT', '80.5'],
  ['PORT', ' '],
  ['PORT', '0x50'],
  ['DATABASE_URL', 'localhost:5432'],
  ['PUBLIC_URL', 'https://pay.example.com/'],
  ['PUBLIC_URL', 'pay.example.com'],
  ['ONETILL_KEY', 'c2hvcnQ='],
  ['ONETILL_SEALING_KEYS', 'first,second'],
  ['LOG_LEVEL', 'verbose'],
  ['TRUST_PROXY', 'true'],
  ['WEBHOOK_ALLOW_PRIVATE', '1'],
])('%s=%j is refused by a sentence that names it', (name, value) => {
  const sentence = new RegExp(`^The environment variable ${name} must be .*\\.$`)
  expect(() => readConfig({}, { [name]: value })).toThrow(sentence)
})

test('a secret that is wrong is not repeated', () => {
  const secrets = ['ONETILL_KEY', 'ONETILL_SEALING_KEYS', 'DATABASE_URL']
  const read = (name: string) => () => readConfig({}, { [name]: 'hunter2' })
  for (const name of secrets) expect(read(name)).not.toThrow('hunter2')
  for (const name of secrets) expect(read(name)).toThrow(name)
})
