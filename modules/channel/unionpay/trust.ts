import type { KeyObject } from 'node:crypto'
import { createPrivateKey, X509Certificate } from 'node:crypto'

/** The key of a certificate that travelled with a message, if UnionPay is its owner; else null. */
export type Trust = (certificatePem: string, at: Date) => KeyObject | null

export type TrustSettings = {
  /** PEM. Two while one replaces the other. */
  rootCertificates: readonly string[]
  /** PEM: between root and signer, where there are. */
  middleCertificates: readonly string[]
  /** The third part of the signer's common name, which names the owner. */
  signerNames: readonly string[]
}

// A signer's certificate lasts years, so that a few are enough; a stranger cannot fill more.
const MOST_KEPT = 8
const LONGEST_CHAIN = 4

/**
 * Decides whom to believe. UnionPay sends its certificate with each message and changes it when it
 * likes; what stays is the root. A chain that leads to a root is checked once and remembered, the
 * time at every use.
 *
 * @throws Error when a certificate of the settings is none
 *
 * Source: UnionPay's SDK, CertUtil.verifyCertificate: validity, chain, owner (reference/protocols.md §4.1).
 */
export function openTrust({ signerNames, ...settings }: TrustSettings): Trust {
  const roots = settings.rootCertificates.map(readCertificate)
  const middles = settings.middleCertificates.map(readCertificate)
  const known = new Map<string, { key: KeyObject; chain: readonly X509Certificate[] }>()

  return (pem, at) => {
    let found = known.get(pem)
    if (!found) {
      const signer = parse(pem)
      if (!signer || !signerNames.includes(ownerOf(signer))) return null
      const chain = chainOf(signer, { roots, middles })
      if (!chain) return null
      found = { key: signer.publicKey, chain }
      if (known.size >= MOST_KEPT) known.clear()
      known.set(pem, found)
    }
    return found.chain.every((one) => isValidAt(one, at)) ? found.key : null
  }
}

type Issuers = { roots: readonly X509Certificate[]; middles: readonly X509Certificate[] }

// From the signer up to a root, or null: each signed by the next, and each issuer allowed to issue.
function chainOf(signer: X509Certificate, { roots, middles }: Issuers): X509Certificate[] | null {
  const chain = [signer]
  while (chain.length < LONGEST_CHAIN) {
    const last = chain.at(-1)!
    const isIssuer = (one: X509Certificate) =>
      one.ca && last.checkIssued(one) && last.verify(one.publicKey)
    const root = roots.find(isIssuer)
    if (root) return [...chain, root]
    const middle = middles.find(isIssuer)
    if (!middle) return null
    chain.push(middle)
  }
  return null
}

/** A common name is `041@Z12@owner@number`. Source: UnionPay's SDK, getIdentitiesFromCertficate. */
function ownerOf({ subject }: X509Certificate): string {
  const [, commonName = ''] = /^CN=(.*)$/m.exec(subject) ?? []
  return commonName.split('@')[2] ?? ''
}

const isValidAt = ({ validFromDate, validToDate }: X509Certificate, at: Date): boolean =>
  validFromDate <= at && at <= validToDate

function parse(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem)
  } catch {
    // It came from outside and is none: nobody's certificate.
    return null
  }
}

/**
 * Reads a certificate of the settings.
 *
 * @throws Error when it is none
 */
export function readCertificate(pem: string): X509Certificate {
  const certificate = parse(pem)
  if (!certificate) throw new Error('a certificate of the UnionPay account cannot be read')
  return certificate
}

/** A certificate's serial number in decimal: what UnionPay calls certId. */
export function certIdOf({ serialNumber }: X509Certificate): string {
  return BigInt(`0x${serialNumber}`).toString()
}

/**
 * Reads the merchant's private key, as PEM (of a .pfx: what `openssl pkcs12 -nodes` writes).
 *
 * @throws Error that names no part of the key, when it is none
 */
export function readPrivateKey(pem: string): KeyObject {
  const key = parseKey(pem)
  if (key?.asymmetricKeyType !== 'rsa') {
    throw new Error('the private key of the UnionPay account is no RSA key')
  }
  return key
}

function parseKey(pem: string): KeyObject | null {
  try {
    return createPrivateKey(pem)
  } catch {
    // Said above, in words without the key in them.
    return null
  }
}
