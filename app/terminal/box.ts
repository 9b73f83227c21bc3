import { createPrivateKey, generateKeyPairSync, randomBytes, type KeyObject } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, renameSync, statSync } from 'node:fs'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { OperatorError } from '../../modules/database/operator-error.ts'
import { toBase64Url } from '../../modules/lib/signed-request.ts'
import { makeFolder } from '../start/folder.ts'

// The folder of a headless terminal: `terminal.json` says who it is, `device-key.pem` is the key that
// makes it so. Only their owner may read them.

/** What activation told, and what the cash register needs to be let in. */
export type BoxFile = {
  server: string
  token: string
  key_id: string
  terminal: { id: string; name: string }
  store: { id: string; name: string }
  merchant: { id: string; name: string }
  /** 32 bytes in base64url, which the cash register knows too. */
  pairing_key: string
}

export type Box = BoxFile & { folder: string; privateKey: KeyObject }

const boxFile = (folder: string) => join(folder, 'terminal.json')
const keyFile = (folder: string) => join(folder, 'device-key.pem')
// A key that no server has taken yet; the one before it stays until then.
const nextKeyFile = (folder: string) => join(folder, 'device-key.next.pem')

/**
 * Makes the folder, and a device key in it that was never anywhere else; a terminal that is there works
 * on with its own until `keepBox`. Answers the 32 bytes of the public key in base64url.
 *
 * @throws OperatorError when the folder belongs to a terminal already, or cannot be written
 */
export function makeDeviceKey(folder: string, mayReplace: boolean): string {
  if (existsSync(boxFile(folder)) && !mayReplace) {
    throw new OperatorError(
      `The folder ${folder} is a terminal already; add --replace to activate it again.`,
    )
  }
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
  try {
    makeFolder(folder)
    writePrivately(nextKeyFile(folder), String(pem))
  } catch (cause) {
    throw new OperatorError(`The folder ${folder} cannot be written; choose another one.`, {
      cause,
    })
  }
  const { x } = publicKey.export({ format: 'jwk' })
  return x ?? ''
}

/** Throws the key away that no server has taken. */
export function forgetDeviceKey(folder: string): void {
  rmSync(nextKeyFile(folder), { force: true })
}

/** Keeps who the terminal is and its new key, with a fresh pairing key, which is answered. */
export function keepBox(folder: string, told: Omit<BoxFile, 'pairing_key'>): string {
  const file: BoxFile = { ...told, pairing_key: toBase64Url(randomBytes(32)) }
  renameSync(nextKeyFile(folder), keyFile(folder))
  writePrivately(boxFile(folder), `${JSON.stringify(file, null, 2)}\n`)
  return file.pairing_key
}

/**
 * The terminal of a folder.
 *
 * @throws OperatorError when there is none, or when others could read its key
 */
export function openBox(folder: string): Box {
  for (const file of [boxFile(folder), keyFile(folder)]) refuseOpenFile(folder, file)
  const file = JSON.parse(readFileSync(boxFile(folder), 'utf8')) as BoxFile
  return { ...file, folder, privateKey: createPrivateKey(readFileSync(keyFile(folder))) }
}

function refuseOpenFile(folder: string, file: string): void {
  if (!existsSync(file)) {
    throw new OperatorError(
      `The folder ${folder} is no terminal; run "onetill terminal activate" with it first.`,
    )
  }
  if ((statSync(file).mode & 0o077) === 0) return
  throw new OperatorError(`Others may read ${file}; run "chmod 600" on it, then start again.`)
}

/** Writes a file that only its owner may read, whole or not at all. */
export function writePrivately(file: string, text: string): void {
  const beside = `${file}.new`
  writeFileSync(beside, text, { mode: 0o600, flush: true })
  chmodSync(beside, 0o600) // the file may have been there with other rights
  renameSync(beside, file)
}
