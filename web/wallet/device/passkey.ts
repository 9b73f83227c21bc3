import { bytesOf, fromBase64, randomBytes, toBase64, type Bytes } from './bytes.ts'
import type { Passkey } from './passkey-lock.ts'

// The passkey signs nobody in: the server never hears of it. It is asked for 32 bytes which it gives
// out after it has seen its owner, network or not, and which open this device's own store.

const answerBytes = 32
// ES256 first, RS256 for Windows Hello. Source: W3C WebAuthn level 3, §5.8.5.
const algorithms = [-7, -257]

/** Whether this browser and machine have passkeys that answer with a key. Asks nobody anything. */
export async function canUsePasskey(): Promise<boolean> {
  const kind = globalThis.PublicKeyCredential as typeof PublicKeyCredential | undefined
  // Browsers without this question have no such answers, or do not say so.
  if (typeof kind?.getClientCapabilities !== 'function') return false
  try {
    const can = await kind.getClientCapabilities()
    if (can['extension:prf'] !== true) return false
    return await kind.isUserVerifyingPlatformAuthenticatorAvailable()
  } catch {
    return false
  }
}

/** What was made: which passkey, what it is asked, and its answer of 32 bytes. */
export type NewPasskey = Passkey & { answer: Bytes }

/**
 * Makes a passkey on this machine; the system asks its owner. Null when the owner turned away, or
 * when the machine makes passkeys but none that answers with a key.
 */
export async function createPasskey(deviceId: string, name: string): Promise<NewPasskey | null> {
  const question = randomBytes(answerBytes)
  const made = await asked(() =>
    navigator.credentials.create({
      publicKey: {
        challenge: randomBytes(32),
        rp: { name: 'OneTill', id: location.hostname },
        // The same device again replaces its earlier passkey.
        user: { id: bytesOf(deviceId), name, displayName: name },
        pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: {
          ...{ authenticatorAttachment: 'platform', residentKey: 'required' },
          userVerification: 'required',
        },
        extensions: { prf: { eval: { first: question } } },
      },
    }),
  )
  if (!made?.getClientExtensionResults().prf?.enabled) return null
  const passkey = {
    credential: toBase64(new Uint8Array(made.rawId)),
    question: toBase64(question),
  }
  // Some answer as they are made, the others when they are asked for the first time.
  const answer = answerOf(made) ?? (await askPasskey(passkey))
  return answer && { ...passkey, answer }
}

/** Asks a passkey; the system asks its owner first. Null when there was no answer. */
export async function askPasskey({ credential, question }: Passkey): Promise<Bytes | null> {
  const given = await asked(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: randomBytes(32),
        rpId: location.hostname,
        allowCredentials: [{ type: 'public-key', id: fromBase64(credential) }],
        userVerification: 'required',
        extensions: { prf: { eval: { first: fromBase64(question) } } },
      },
    }),
  )
  return given && answerOf(given)
}

async function asked(ask: () => Promise<Credential | null>): Promise<PublicKeyCredential | null> {
  try {
    return (await ask()) as PublicKeyCredential | null
  } catch {
    // Turned away, timed out, or gone from the machine: the browser does not say which.
    return null
  }
}

function answerOf(credential: PublicKeyCredential): Bytes | null {
  const first = credential.getClientExtensionResults().prf?.results?.first
  if (!first) return null
  const bytes = ArrayBuffer.isView(first)
    ? new Uint8Array(first.buffer as ArrayBuffer, first.byteOffset, first.byteLength)
    : new Uint8Array(first)
  return bytes.length === answerBytes ? bytes.slice() : null
}
