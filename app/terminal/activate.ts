import { OperatorError } from '../../modules/database/operator-error.ts'
import { forgetDeviceKey, keepBox, makeDeviceKey, type BoxFile } from './box.ts'
import { reach, Refusal } from './calls.ts'

export type ActivateWish = {
  /** `https://pay.example.com` */
  server: string
  /** `XXXX-XXXX-shop`, or the address in the console's QR code. */
  code: string
  folder: string
  mayReplace: boolean
}

/**
 * Makes this folder a terminal: a fresh device key, and the server's word that it is the terminal of
 * the code. Answers who it is, and the pairing key, which is told this once.
 *
 * @throws OperatorError when the server refuses or is not there
 */
export async function activateBox(wish: ActivateWish): Promise<BoxFile> {
  const server = originOf(wish.server)
  const publicKey = makeDeviceKey(wish.folder, wish.mayReplace)
  try {
    const told = await activateAt(server, codeIn(wish.code), publicKey)
    return { ...told, pairing_key: keepBox(wish.folder, told) }
  } catch (refused) {
    forgetDeviceKey(wish.folder)
    throw refused
  }
}

async function activateAt(
  server: string,
  code: string,
  publicKey: string,
): Promise<Omit<BoxFile, 'pairing_key'>> {
  const response = await reach(`${server}/v1/terminals/activate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ activation_code: code, public_key: publicKey }),
  }).catch((cause: unknown) => {
    throw new OperatorError(`No OneTill answers at ${server}; check the address and the network.`, {
      cause,
    })
  })
  const answer = (await response.json().catch(() => ({}))) as Partial<BoxFile> & { detail?: string }
  const { token, key_id, terminal, store, merchant } = answer
  if (!response.ok || !token || !key_id || !terminal || !store || !merchant) {
    throw new OperatorError(
      `The server did not activate this terminal: ${answer.detail ?? `status ${response.status}`}`,
      { cause: new Refusal({}, response.status) },
    )
  }
  return { server, token, key_id, terminal, store, merchant }
}

function originOf(text: string): string {
  const url = URL.parse(text)
  if (url && /^https?:$/.test(url.protocol)) return url.origin
  throw new OperatorError(`"${text}" is no server; give an address like https://pay.example.com`)
}

function codeIn(text: string): string {
  const code = /#activate=([^&\s]+)/.exec(text)?.[1]
  return (code === undefined ? text : decodeURIComponent(code)).trim()
}
