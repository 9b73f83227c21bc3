import { statSync } from 'node:fs'
import { join } from 'node:path'

import { countSealed, sealPlaceAnew, type MasterKey } from '../../modules/channel/channel.ts'
import { openDb, type Db } from '../../modules/database/database.ts'
import { OperatorError } from '../../modules/database/operator-error.ts'
import { systemClock } from '../../modules/lib/clock.ts'
import { sleep } from '../../modules/lib/retry.ts'
import type { Config } from '../config.ts'
import { addSealingKey, keepNewestKey } from '../keys.ts'
import { everySealedPlace, nameOf } from '../sealed-places.ts'
import { ensureSchema, shareDatabase } from '../start/database.ts'
import { print } from '../start/print.ts'

export type RotateSaid = { forgetOld?: boolean; oneFile?: boolean }

// A transaction that sealed with the key before may be open so long. Source: modules/database.
const OPEN_MS = 25_000
// The program may change a value in between each time; nobody is that unlucky.
const MOST_PASSES = 20

/**
 * Seals every value anew under a new sealing key, beside a running program. With the keys in the file
 * it makes the new key, or goes on with the one that an earlier run has made; with the keys in the
 * environment the first of them is the new one.
 *
 * Source: P10; DESIGN §6 (master key); docs/keys.md.
 *
 * @throws OperatorError when the keys cannot be changed from here, or an old one is still needed
 */
export async function rotateKey(config: Config, said: RotateSaid): Promise<void> {
  const isFile = config.key === null && config.sealingKeys === null
  if (!isFile && said.forgetOld) throw inEnvironment()
  if (isFile && config.databaseUrl !== null && !said.oneFile) throw perhapsElsewhere()
  const database = await shareDatabase(config)
  try {
    const role = await ensureSchema(database, { mayMigrate: false })
    const db = openDb({ url: database.url, poolSize: 2, role })
    try {
      const { masterKey } = database.keys
      if (said.forgetOld) await forgetOld(db, config, masterKey)
      else await sealAll(db, { config, masterKey, isFile })
    } finally {
      await db.close()
    }
  } finally {
    await database.close()
  }
}

type Sealing = { config: Config; masterKey: MasterKey; isFile: boolean }

async function sealAll(db: Db, { config, masterKey, isFile }: Sealing): Promise<void> {
  const isUnfinished = masterKey.fresh().length > 1
  if (isFile && !isUnfinished) addSealingKey(config.dataFolder)
  const name = nameOf(masterKey)
  print(isUnfinished || !isFile ? `Sealing under the key ${name}.` : `A new key ${name} seals now.`)
  let sealed = 0
  let lost: string[] = []
  for (let pass = 1; ; pass++) {
    const done = await sealOnce(db, masterKey)
    sealed += done.sealed
    lost = done.lost
    if (done.sealed + done.changed === 0) break
    if (pass === MOST_PASSES) throw new OperatorError('Values change too often; run it again.')
  }
  print(`${sealed} values are sealed anew; all that open are under the key ${name}.`)
  for (const one of lost) print(`${one} opens with no key that is here, and stays as it is.`)
  if (lost.length > 0) process.exitCode = 2
  print(whatNext(masterKey, isFile))
}

async function sealOnce(db: Db, masterKey: MasterKey) {
  const all = { sealed: 0, changed: 0, lost: [] as string[] }
  for (const { institutionId, place } of await everySealedPlace(db)) {
    let soFar = 0
    const onProgress = (more: number) => {
      soFar += more
      print(`${institutionId}  ${place.name}: ${soFar}`)
    }
    const one = await sealPlaceAnew(db, institutionId, place, { masterKey, onProgress })
    all.sealed += one.sealed
    all.changed += one.changed
    all.lost.push(...one.lost.map((id) => `${institutionId} ${place.name} ${id}`))
  }
  return all
}

function whatNext(masterKey: MasterKey, isFile: boolean): string {
  if (masterKey.held().length === 1) return 'There is no old key. How to change it: docs/keys.md'
  return isFile
    ? 'The old key stays in the key file until "onetill rotate-key --forget-old" takes it out.'
    : 'The other keys may leave ONETILL_SEALING_KEYS, in every process.'
}

/** Takes the old keys out of the file, once nothing is under them and nothing can come to be. */
async function forgetOld(db: Db, { dataFolder }: Config, masterKey: MasterKey): Promise<void> {
  if (masterKey.fresh().length === 1) {
    print('There is no old key.')
    return
  }
  const ageMs = systemClock().getTime() - statSync(join(dataFolder, 'key')).mtimeMs
  if (ageMs < OPEN_MS) {
    print('Waiting until whatever was begun before the new key came is over.')
    await sleep(OPEN_MS - ageMs)
  }
  let older = 0
  for (const { institutionId, place } of await everySealedPlace(db)) {
    older += (await countSealed(db, institutionId, place, masterKey)).older
  }
  if (older > 0) {
    throw new OperatorError(`${older} values are under an old key; run "onetill rotate-key" first.`)
  }
  keepNewestKey(dataFolder)
  print(`The key file holds the sealing key ${nameOf(masterKey)} alone. Make a backup now.`)
}

const inEnvironment = () =>
  new OperatorError(
    'The keys are in the environment; take the old one out of ONETILL_SEALING_KEYS in every process.',
  )

const perhapsElsewhere = () =>
  new OperatorError(
    'Other machines may hold copies of the key file; do as docs/keys.md says, with ' +
      'ONETILL_SEALING_KEYS, or say --one-file when every process reads the keys from this folder.',
  )
