import { signRequest, toBase64Url } from '../../modules/lib/signed-request.ts'
import type { Signable } from '../ui/api.ts'
import { Problem } from '../ui/problem.ts'

/** The key that this device alone has: it signs, and nobody can read it out of the browser. */
type DeviceKey = { keyId: string; privateKey: CryptoKey }

export type NewKey = {
  privateKey: CryptoKey
  /** The 32 bytes of the public key in base64url. */
  publicKey: string
}

const databaseName = 'onetill.till'
const storeName = 'device'
const keyName = 'key'

let known: Promise<DeviceKey | null> | undefined

/** Whether this page can make a device key at all: https or this machine, and a browser of 2025. */
export async function canMakeKey(): Promise<boolean> {
  if (!isSecureContext || !globalThis.crypto?.subtle) return false
  return makeKey().then(
    () => true,
    () => false,
  )
}

/**
 * A fresh Ed25519 key that never leaves this browser.
 *
 * @throws DOMException where the browser has no Ed25519
 */
export async function makeKey(): Promise<NewKey> {
  const usages: KeyUsage[] = ['sign', 'verify']
  const pair = (await crypto.subtle.generateKey('Ed25519', false, usages)) as CryptoKeyPair
  const raw = await crypto.subtle.exportKey('raw', pair.publicKey)
  return { privateKey: pair.privateKey, publicKey: toBase64Url(new Uint8Array(raw)) }
}

/** Keeps the key of the terminal that this device has become, instead of the one before. */
export async function keepKey(key: DeviceKey): Promise<void> {
  await change((store) => store.put(key, keyName))
  known = Promise.resolve(key)
  // A browser short of space would otherwise throw it away, and the terminal with it.
  await navigator.storage?.persist?.()
}

/** The key of this device, or null when it never had one or lost it. */
export function deviceKey(): Promise<DeviceKey | null> {
  known ??= change<DeviceKey | undefined>((store) => store.get(keyName)).then((key) => key ?? null)
  return known
}

/**
 * The signature headers of a call by this terminal. Throws `Problem` SIGNATURE_MISSING when it has no
 * key.
 */
export async function signAsTerminal(request: Signable): Promise<Record<string, string>> {
  const { keyId, privateKey } = await keyOrProblem()
  return signRequest({ ...request, keyId }, async (bytes) => {
    return new Uint8Array(await crypto.subtle.sign('Ed25519', privateKey, bytes))
  })
}

async function keyOrProblem(): Promise<DeviceKey> {
  const key = await deviceKey()
  if (!key) throw new Problem({ code: 'SIGNATURE_MISSING', status: 401, next_action: 'sign_in' })
  return key
}

async function change<T>(act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open()
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction(storeName, 'readwrite')
      const request = act(transaction.objectStore(storeName))
      transaction.oncomplete = () => resolve(request.result)
      transaction.onerror = transaction.onabort = () =>
        reject(transaction.error ?? new Error('The device key could not be kept.'))
    })
  } finally {
    database.close()
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(databaseName, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(storeName)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('No database in this browser.'))
  })
}
