import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'

import { expect, test } from 'vitest'

import {
  coveredBy,
  readSignature,
  signatureBase,
  signRequest,
  type Covered,
  type RequestToSign,
} from './signed-request.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')

const payment: RequestToSign = {
  method: 'POST',
  url: 'https://pay.example.com/v1/payments?expand=goods#here',
  body: '{"amount":100,"名":"茶"}',
  contentType: 'application/json',
  idempotencyKey: 'key-1',
  keyId: 'trm_01kaqb2m5vf7esx3d9w8r6t4yz',
  nowMs: 1_790_000_000_999,
  nonce: 'AAAAAAAAAAAAAAAAAAAAAA',
}
const covered: Covered = {
  method: 'POST',
  targetUri: 'https://pay.example.com/v1/payments?expand=goods',
  digest: 'sha-256=:ZffbxKj7KCSgq1hII5NPaSKmt5xdkG4Jyn+Q2q6NuDM=:',
  contentType: 'application/json',
  idempotencyKey: 'key-1',
}

test('what is signed is what the profile says, to the letter', async () => {
  let base = ''
  const headers = await signRequest(payment, (bytes) => {
    base = new TextDecoder().decode(bytes)
    return new Uint8Array(64)
  })
  expect(headers['content-digest']).toBe(covered.digest)
  expect(headers['signature']).toBe(`sig1=:${'A'.repeat(86)}==:`)
  expect(base).toBe(
    [
      '"@method": POST',
      '"@target-uri": https://pay.example.com/v1/payments?expand=goods',
      `"content-digest": ${covered.digest}`,
      '"content-type": application/json',
      '"idempotency-key": key-1',
      `"@signature-params": ${(headers['signature-input'] ?? '').slice('sig1='.length)}`,
    ].join('\n'),
  )
})

test('a reader finds the same text, and the signature verifies over it', async () => {
  const headers = await signRequest(payment, (base) => sign(null, base, privateKey))
  const read = readSignature(headers['signature-input'] ?? '', headers['signature'] ?? '')
  expect(read).toMatchObject({
    names: coveredBy(covered),
    ...{ createdSeconds: 1_790_000_000, nonce: payment.nonce, keyId: payment.keyId },
  })
  const base = Buffer.from(signatureBase(covered, read?.names ?? [], read?.params ?? ''))
  const signature = Buffer.from(read?.signature ?? '', 'base64')
  expect(
    verify(
      null,
      base,
      createPublicKey(publicKey.export({ format: 'pem', type: 'spki' })),
      signature,
    ),
  ).toBe(true)
})

test('a key of WebCrypto signs as well, and what is not sent is not covered', async () => {
  const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])
  const { url, keyId, nowMs } = payment
  let base: Uint8Array<ArrayBuffer> = new Uint8Array()
  const headers = await signRequest(
    { method: 'PUT', url, body: null, keyId, nowMs },
    async (bytes) => {
      base = bytes
      return new Uint8Array(await crypto.subtle.sign('Ed25519', pair.privateKey, bytes))
    },
  )
  const read = readSignature(headers['signature-input'] ?? '', headers['signature'] ?? '')
  expect(read?.names).toEqual(['@method', '@target-uri', 'content-digest'])
  const signature = new Uint8Array(Buffer.from(read?.signature ?? '', 'base64'))
  expect(await crypto.subtle.verify('Ed25519', pair.publicKey, signature, base)).toBe(true)
})

const names = '"@method" "@target-uri" "content-digest"'
const params =
  'created=1790000000;nonce="AAAAAAAAAAAAAAAAAAAAAA";keyid="trm_1";alg="ed25519";tag="onetill"'
const good = `sig1=:${'A'.repeat(86)}==:`

const refused: [what: string, input: string, signature: string][] = [
  ['two signatures', `sig1=(${names});${params}, sig2=(${names});${params}`, good],
  ['another label', `sig1=(${names});${params}`, `sig2=:${'A'.repeat(86)}==:`],
  ['an unknown parameter', `sig1=(${names});${params};expires=1790000100`, good],
  ['a parameter twice', `sig1=(${names});${params};created=1790000001`, good],
  ['another algorithm', `sig1=(${names});${params.replace('ed25519', 'hmac-sha256')}`, good],
  ['another tag', `sig1=(${names});${params.replace('onetill', 'other')}`, good],
  ['no nonce', `sig1=(${names});${params.replace(/nonce="A*";/, '')}`, good],
  ['no time', `sig1=(${names});${params.replace('created=1790000000;', '')}`, good],
  ['a component with parameters', `sig1=("@method";req "@target-uri");${params}`, good],
  ['nothing covered', `sig1=();${params}`, good],
  ['a short signature', `sig1=(${names});${params}`, 'sig1=:AAAA:'],
  ['a line break', `sig1=(${names});${params}\n`, good],
  ['nothing', '', ''],
]
test.each(refused)('headers with %s are not read', (_what, input, signature) => {
  expect(readSignature(input, signature)).toBeNull()
})
