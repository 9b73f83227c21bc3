import { systemClock } from '../../modules/lib/clock.ts'
import type { Authority, RsaKeyPair } from '../counterpart/certificate.ts'
import { certify, makeAuthority, makeRsaKeyPair } from '../counterpart/certificate.ts'
import type { Store } from '../counterpart/store.ts'

/** A key pair and the certificate that says whose it is. */
export type Certified = RsaKeyPair & {
  certificatePem: string
  /** The serial number in decimal: what stands in `certId`. */
  certId: string
}

export type Keys = {
  /** The root that everybody trusts here. Real ones are CFCA's. */
  root: Authority
  /** Signs answers and notices; its certificate travels with them as `signPubKeyCert`. */
  unionpay: Certified
  ofMerchant(merId: string): Certified
  /** Keeps the certificate of a merchant that has none yet, over the given key pair or a new one. */
  addMerchant(merId: string, given?: RsaKeyPair): Promise<void>
}

// UnionPay's SDK takes the third part of the common name for the owner's.
const OWN_NAME = '041@SANDBOX-ONLY@00040000:SIGN@00000001'

/** Opens the keys of the house; those that are missing are made, so the first start takes longer. */
export async function openKeys(store: Store): Promise<Keys> {
  const table = store.table<Certified>('key')
  const roots = store.table<Authority>('root')
  // Certificates are valid by the machine's clock, with a day's grace.
  const from = new Date(systemClock().getTime() - 86_400_000)
  if (!roots.get('root')) roots.put('root', makeAuthority('UnionPay sandbox-only root', from))
  const root = roots.get('root')!

  const makeMissing = async (id: string, name: string, given?: RsaKeyPair) => {
    if (table.get(id)) return
    const pair = given ?? (await makeRsaKeyPair())
    const issued = certify(root, { name, publicKeyPem: pair.publicKeyPem, from })
    const certId = BigInt(`0x${issued.serial}`).toString()
    table.put(id, { ...pair, certificatePem: issued.certificatePem, certId })
  }
  const certifiedOf = (id: string): Certified => {
    const found = table.get(id)
    if (!found) throw new Error(`no certificate was made for ${id}`)
    return found
  }
  await makeMissing('unionpay', OWN_NAME)
  return {
    root,
    unionpay: certifiedOf('unionpay'),
    ofMerchant: (merId) => certifiedOf(`merchant ${merId}`),
    addMerchant: (merId, given) =>
      makeMissing(`merchant ${merId}`, `041@${merId}@SANDBOX-ONLY@00000001`, given),
  }
}
