import { hkdfSync, randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, linkSync, openSync, readFileSync } from 'node:fs'
import { renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { sealingKeyOf, type MasterKey, type SealingKey } from '../modules/channel/channel.ts'
import { OperatorError } from '../modules/database/operator-error.ts'

// Two kinds of secret come from what an operator keeps. The root makes what hashes and offline codes
// are made with; these cannot be worked out anew and so it stays for ever. The sealing keys are what
// lies encrypted; these can be changed, by `onetill rotate-key`. At first the one sealing key is made
// from the root too, so that there is one secret to keep. See docs/keys.md.

/** The secrets of the program. They are the same in every process that shares a database. */
export type Keys = {
  /** Of what is made from the root; a later way of making it gets the next number. */
  version: 1
  /** For the hashes of payment codes and requests; 32 bytes. */
  pepper: Uint8Array
  /** For the aliases in offline codes; 32 bytes. */
  aliasKey: Uint8Array
  /** For what is stored encrypted. */
  masterKey: MasterKey
  /** The root and the sealing keys as the file `key` has them, a line each: what a backup keeps. */
  text: string
}

/** Where keys are looked for: in the environment first, and else in the data folder. */
export type KeyPlaces = {
  /** 32 bytes in base64; null: in the file `key` of the data folder. */
  key: string | null
  /** Sealing keys, the one that seals first, parted by commas; `first` is the one of the root. */
  sealingKeys?: string | null
  dataFolder: string
}

const LINE = /^[A-Za-z0-9+/]{43}=$/

/** What an installation begins with: 32 bytes in base64. */
export const newRoot = (): string => randomBytes(32).toString('base64')

/** The word for the sealing key that is made from the root. */
export const FIRST = 'first'

/**
 * Makes the keys from what an operator keeps: a root of 32 bytes in base64, and below it the sealing
 * keys, a line each, the one that seals first. Without any there is one, made from the root.
 *
 * Source: DESIGN §6; RFC 5869 (HKDF).
 */
export function keysOf(text: string): Keys {
  const sealing = sealingOf(text)
  return { ...rootKeysOf(text), masterKey: { held: () => sealing, fresh: () => sealing }, text }
}

function rootKeysOf(text: string): Pick<Keys, 'version' | 'pepper' | 'aliasKey'> {
  const aliasKey = derived(text, 'master key')
  return { version: 1, pepper: derived(text, 'pepper'), aliasKey }
}

function derived(text: string, label: string): Uint8Array {
  const root = Buffer.from(linesOf(text)[0] ?? '', 'base64')
  return new Uint8Array(hkdfSync('sha256', root, new Uint8Array(), `onetill ${label} 1`, 32))
}

function sealingOf(text: string): SealingKey[] {
  const said = linesOf(text).slice(1)
  return (said.length > 0 ? said : [firstOf(text)]).map((line) =>
    sealingKeyOf(Buffer.from(line, 'base64')),
  )
}

/** The sealing key that is made from the root, in base64. */
const firstOf = (text: string): string =>
  Buffer.from(derived(text, 'master key')).toString('base64')

const linesOf = (text: string): string[] => text.trim().split('\n')

/**
 * Finds the keys: in the environment, or in the file `key` of the data folder, which is made at the
 * first start with mode 600. Two first starts at once end with the same key. Where the sealing keys
 * are in the file, a change of it counts in every process from its next value on.
 *
 * @throws OperatorError when the file is damaged, or missing beside data that was written with it.
 */
export function findKeys({ key, sealingKeys, dataFolder }: KeyPlaces): Keys {
  if (key !== null) return keysOf(ringOf(key, sealingKeys))
  const file = join(dataFolder, 'key')
  if (!existsSync(file)) {
    if (existsSync(join(dataFolder, 'postgres'))) {
      throw new OperatorError(
        `The file ${file} is missing and the data cannot be used without it; put it back, or ` +
          'restore a backup into a new data folder.',
      )
    }
    placeKey(dataFolder, newRoot())
  }
  const text = readKeyFile(file)
  if (sealingKeys) return keysOf(ringOf(linesOf(text)[0] ?? '', sealingKeys))
  return { ...rootKeysOf(text), masterKey: followed(file), text }
}

/** The root and the sealing keys of the environment as the file would have them. */
function ringOf(root: string, sealingKeys: string | null | undefined): string {
  const said = sealingKeys?.split(',').map((one) => one.trim()) ?? []
  return [root, ...said.map((one) => (one === FIRST ? firstOf(root) : one))].join('\n')
}

function readKeyFile(file: string): string {
  const text = readFileSync(file, 'utf8').trim()
  if (linesOf(text).every((line) => LINE.test(line))) return text
  throw new OperatorError(`The file ${file} is damaged; put it back as it was.`)
}

/** The sealing keys of a file, read again when it is another. */
function followed(file: string): MasterKey {
  const stampOf = () => {
    const { ino, mtimeMs, size } = statSync(file)
    return [ino, mtimeMs, size].join(' ')
  }
  let copy = { stamp: stampOf(), keys: sealingOf(readKeyFile(file)) }
  return {
    held: () => copy.keys,
    fresh() {
      const stamp = stampOf()
      if (stamp !== copy.stamp) copy = { stamp, keys: sealingOf(readKeyFile(file)) }
      return copy.keys
    },
  }
}

/** Whether the data folder, or the environment, lacks any of these keys or has another root. */
export function hasOtherKey(text: string, at: KeyPlaces): boolean {
  const file = join(at.dataFolder, 'key')
  if (at.key === null && !existsSync(file)) return false
  const known = findKeys(at)
  const [ours, theirs] = [linesOf(known.text)[0], linesOf(text)[0]]
  const knows = (key: SealingKey) => known.masterKey.held().some(({ id }) => id.equals(key.id))
  return ours !== theirs || !sealingOf(text).every(knows)
}

/** Writes the file `key` unless there is one. It appears whole or not at all, and on the disk. */
export function placeKey(dataFolder: string, text: string): void {
  const file = join(dataFolder, 'key')
  const unfinished = `${file}.${process.pid}`
  rmSync(unfinished, { force: true })
  try {
    writeKeys(unfinished, text)
    linkSync(unfinished, file)
  } catch (error) {
    // Another first start was quicker: its key counts.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(unfinished, { force: true })
  }
}

/** Writes a file of mode 600 that is not there yet, to the disk. */
function writeKeys(file: string, text: string): void {
  const place = openSync(file, 'wx', 0o600)
  try {
    writeSync(place, `${text}\n`)
    fsyncSync(place)
  } finally {
    closeSync(place)
  }
}

/** The keys of the file `key` with a new one in front, which seals from now on. */
export const addSealingKey = (dataFolder: string): void =>
  changeKeys(dataFolder, (text) => {
    const [root = '', ...said] = linesOf(text)
    const old = said.length > 0 ? said : [firstOf(text)]
    return [root, randomBytes(32).toString('base64'), ...old].join('\n')
  })

/** The keys of the file `key` with the one that seals alone. */
export const keepNewestKey = (dataFolder: string): void =>
  changeKeys(dataFolder, (text) => linesOf(text).slice(0, 2).join('\n'))

/**
 * Puts another file `key` in the place of the one there is. It is the old or the new one at every
 * moment, also when the power fails.
 *
 * @throws OperatorError when another process changes it just now
 */
function changeKeys(dataFolder: string, change: (text: string) => string): void {
  const file = join(dataFolder, 'key')
  // Whoever makes this file changes the keys; anybody else finds it there.
  const next = `${file}.next`
  const unfinished = `${file}.${process.pid}`
  rmSync(unfinished, { force: true })
  try {
    writeKeys(unfinished, '')
    linkSync(unfinished, next)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    throw new OperatorError(
      `Another process changes the keys just now. When none does, remove ${next}, which holds no key ` +
        'that is in use.',
    )
  } finally {
    rmSync(unfinished, { force: true })
  }
  try {
    writeKeys(unfinished, change(readKeyFile(file)))
    renameSync(unfinished, file)
    flushFolder(dirname(file))
  } finally {
    rmSync(unfinished, { force: true })
    rmSync(next, { force: true })
  }
}

function flushFolder(folder: string): void {
  const place = openSync(folder, 'r')
  try {
    fsyncSync(place)
  } finally {
    closeSync(place)
  }
}
