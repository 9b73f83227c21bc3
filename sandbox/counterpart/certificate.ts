import { createPublicKey, createSign, generateKeyPair, generateKeyPairSync } from 'node:crypto'
import { randomBytes } from 'node:crypto'
import { isIPv4 } from 'node:net'
import { promisify } from 'node:util'

// X.509 v3 in DER, as much of it as a counterpart's certificates need: Node reads certificates but
// makes none. Source: RFC 5280 §4.1, RFC 5758 §3.2 (ecdsa-with-SHA256).

export type RsaKeyPair = { privateKeyPem: string; publicKeyPem: string }
export type Authority = { name: string; privateKeyPem: string; certificatePem: string }

export type CertificateRequest = {
  name: string
  publicKeyPem: string
  /** Hexadecimal; a random one of 20 bytes when left out. */
  serial?: string
  from: Date
  days?: number
  /** DNS names and IPv4 addresses, for the certificate of a server. */
  hosts?: readonly string[]
}

/** A new RSA key pair of 2048 bits: PKCS#8 and SPKI, as PEM. */
export async function makeRsaKeyPair(): Promise<RsaKeyPair> {
  const { privateKey, publicKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  return { privateKeyPem: privateKey, publicKeyPem: publicKey }
}

/** A new authority with a self-signed certificate. Its key is P-256, which costs nothing to make. */
export function makeAuthority(name: string, from: Date): Authority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const signer = { name, privateKeyPem: privateKey }
  const self = { name, publicKeyPem: publicKey, from, isAuthority: true }
  return { ...signer, certificatePem: issue(signer, self).certificatePem }
}

/** Issues a certificate. The serial comes back as WeChat and OpenSSL show it: upper-case hex. */
export function certify(
  authority: Authority,
  request: CertificateRequest,
): { certificatePem: string; serial: string } {
  return issue(authority, { ...request, isAuthority: false })
}

type Signer = Pick<Authority, 'name' | 'privateKeyPem'>

function issue(
  signer: Signer,
  request: CertificateRequest & { isAuthority: boolean },
): { certificatePem: string; serial: string } {
  const serial = (request.serial ?? newSerial()).toUpperCase()
  const { from, days = 3_650 } = request
  const until = new Date(from.getTime() + days * 86_400_000)
  const publicKey = createPublicKey(request.publicKeyPem).export({ type: 'spki', format: 'der' })
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'))
  const body = sequence(
    tagged(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.from(serial, 'hex')),
    algorithm,
    distinguishedName(signer.name),
    sequence(time(from), time(until)),
    distinguishedName(request.name),
    publicKey,
    extensions(request),
  )
  const signature = createSign('sha256').update(body).sign(signer.privateKeyPem)
  const der = sequence(body, algorithm, bitString(signature))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  const certificatePem = `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
  return { certificatePem, serial }
}

// The first byte stays below 0x80 and above 0, so that the number is positive and 20 bytes long.
function newSerial(): string {
  const bytes = randomBytes(20)
  bytes[0] = (bytes[0]! & 0x3f) | 0x40
  return bytes.toString('hex')
}

function extensions(request: { isAuthority: boolean; hosts?: readonly string[] }): Buffer {
  const list: Buffer[] = []
  if (request.isAuthority) {
    const isAuthority = tagged(0x01, Buffer.from([0xff]))
    list.push(sequence(oid('2.5.29.19'), isAuthority, octets(sequence(isAuthority))))
  }
  const names = (request.hosts ?? []).map((host) =>
    isIPv4(host)
      ? tagged(0x87, Buffer.from(host.split('.').map(Number)))
      : tagged(0x82, Buffer.from(host, 'ascii')),
  )
  if (names.length > 0) list.push(sequence(oid('2.5.29.17'), octets(sequence(...names))))
  return list.length > 0 ? tagged(0xa3, sequence(...list)) : Buffer.alloc(0)
}

function distinguishedName(name: string): Buffer {
  return sequence(tagged(0x31, sequence(oid('2.5.4.3'), tagged(0x0c, Buffer.from(name, 'utf8')))))
}

// UTCTime up to 2049, GeneralizedTime from 2050. Source: RFC 5280 §4.1.2.5.
function time(at: Date): Buffer {
  const digits = at.toISOString().replace(/[-:T]|\.\d+/g, '')
  return at.getUTCFullYear() < 2050
    ? tagged(0x17, Buffer.from(digits.slice(2), 'ascii'))
    : tagged(0x18, Buffer.from(digits, 'ascii'))
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

function base128(value: number): number[] {
  const digits = [value & 0x7f]
  for (let left = value >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80)
  return digits
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes[0]! >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes)
}

function bitString(bytes: Buffer): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.from([0]), bytes]))
}

const octets = (bytes: Buffer): Buffer => tagged(0x04, bytes)

const sequence = (...parts: Buffer[]): Buffer => tagged(0x30, Buffer.concat(parts))

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content
  const head =
    length < 0x80
      ? [tag, length]
      : length < 0x100
        ? [tag, 0x81, length]
        : [tag, 0x82, length >>> 8, length & 0xff]
  return Buffer.concat([Buffer.from(head), content])
}
