import { makeRsaKeyPair } from '../counterpart/certificate.ts'
import type { RsaKeyPair } from '../counterpart/certificate.ts'
import type { Store } from '../counterpart/store.ts'

export type Keys = {
  /** Signs answers and notices; every app verifies with its public half. */
  alipay: RsaKeyPair
  /**
   * An app's key pair. A real gateway has the public half only; here the private half is kept too,
   * so that a client can be set up from `/control/accounts`.
   */
  ofApp: (appId: string) => RsaKeyPair
  /** Keeps the pair of an app that has none yet: the given one, or a new one. */
  addApp: (appId: string, given?: RsaKeyPair) => Promise<void>
}

/** Opens the keys of the house; those that are missing are made, so the first start takes longer. */
export async function openKeys(store: Store): Promise<Keys> {
  const table = store.table<RsaKeyPair>('key')
  const makeMissing = async (id: string, given?: RsaKeyPair) => {
    if (!table.get(id)) table.put(id, given ?? (await makeRsaKeyPair()))
  }
  const pairOf = (id: string): RsaKeyPair => {
    const pair = table.get(id)
    if (!pair) throw new Error(`no key pair was made for ${id}`)
    return pair
  }
  await makeMissing('alipay')
  return {
    alipay: pairOf('alipay'),
    ofApp: (appId) => pairOf(`app ${appId}`),
    addApp: (appId, given) => makeMissing(`app ${appId}`, given),
  }
}
