import { hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, linkSync, openSync, readFileSync } from 'node:fs'
import { rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

import { OperatorError } from '../modules/database/operator-error.ts'

/** The secrets of the program. They are the same in every process that shares a database. */
export type Keys = {
  /** Of the two keys; a later way of making them from the root gets the next number. */
  version: 1
  /** For the hashes of payment codes and requests; 32 bytes. */
  pepper: Uint8Array
  /** For what is stored encrypted; 32 bytes. */
  masterKey: Uint8Array
  /** What both are made from, in base64: what a backup keeps and ONETILL_KEY holds. */
  root: string
}

/**
 * Makes the two keys from one root of 32 bytes, so that an operator has one secret to keep.
 *
 * Source: DESIGN §6; RFC 5869 (HKDF).
 */
export function keysOf(root: string): Keys {
  const bytes = Buffer.from(root, 'base64')
  const derive = (label: string) =>
    new Uint8Array(hkdfSync('sha256', bytes, new Uint8Array(), `onetill ${label} 1`, 32))
  return { version: 1, pepper: derive('pepper'), masterKey: derive('master key'), root }
}

/**
 * Finds the keys: in the environment, or in the file `key` of the data folder, which is made at the
 * first start with mode 600. Two first starts at once end with the same key.
 *
 * @throws OperatorError when the file is damaged, or missing beside data that was written with it.
 */
export function findKeys({ key, dataFolder }: { key: string | null; dataFolder: string }): Keys {
  if (key !== null) return keysOf(key)
  const file = join(dataFolder, 'key')
  if (!existsSync(file)) {
    if (existsSync(join(dataFolder, 'postgres'))) {
      throw new OperatorError(
        `The file ${file} is missing and the data cannot be used without it; put it back, or ` +
          'restore a backup into a new data folder.',
      )
    }
    placeKey(dataFolder, randomBytes(32).toString('base64'))
  }
  const root = readFileSync(file, 'utf8').trim()
  if (!/^[A-Za-z0-9+/]{43}=$/.test(root)) {
    throw new OperatorError(`The file ${file} is damaged; put it back as it was.`)
  }
  return keysOf(root)
}

/** Whether the data folder, or the environment, already has a root other than this one. */
export function hasOtherKey(root: string, at: { key: string | null; dataFolder: string }): boolean {
  const file = join(at.dataFolder, 'key')
  const known = at.key ?? (existsSync(file) ? readFileSync(file, 'utf8').trim() : root)
  const [one, other] = [Buffer.from(known), Buffer.from(root)]
  return one.length !== other.length || !timingSafeEqual(one, other)
}

/** Writes the file `key` unless there is one. It appears whole or not at all, and on the disk. */
export function placeKey(dataFolder: string, root: string): void {
  const file = join(dataFolder, 'key')
  const unfinished = `${file}.${process.pid}`
  rmSync(unfinished, { force: true })
  const place = openSync(unfinished, 'wx', 0o600)
  try {
    writeSync(place, `${root}\n`)
    fsyncSync(place)
    linkSync(unfinished, file)
  } catch (error) {
    // Another first start was quicker: its key counts.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    closeSync(place)
    rmSync(unfinished, { force: true })
  }
}
