import { Problem } from '../ui/problem.ts'
import type { Activation } from '../ui/types.ts'
import { forgetConfiguration } from './configuration.ts'
import { canMakeKey, keepKey, makeKey } from './device-key.ts'
import { api, forgetShop } from './server.ts'

/**
 * The code in `#activate=CODE`, which is taken out of the address and the history at once; null when
 * there is none. Call it before anything else runs.
 */
export function readActivationHash(): string | null {
  const code = new URLSearchParams(location.hash.slice(1)).get('activate')
  if (code === null) return null
  history.replaceState(null, '', location.pathname + location.search)
  return code.trim() || null
}

/**
 * This device becomes the terminal of the code, with a fresh key that only this browser has. Throws
 * `Problem`; `NO_DEVICE_KEY` where the browser can make none.
 */
export async function activate(code: string): Promise<void> {
  if (!(await canMakeKey())) throw new Problem({ code: 'NO_DEVICE_KEY' })
  const { privateKey, publicKey } = await makeKey()
  const body = { activation_code: code.trim(), public_key: publicKey }
  const { token, key_id: keyId } = await api.post<Activation>('/v1/terminals/activate', body)
  // The key before the token: a till that has a token can sign.
  await keepKey({ keyId, privateKey })
  forgetConfiguration()
  forgetShop()
  api.setToken(token)
}

/** What a camera, a scanner or a hand brought: the code alone, also out of an activation address. */
export function codeIn(text: string): string {
  const code = /#activate=([^&\s]+)/.exec(text)?.[1]
  return (code === undefined ? text : decodeURIComponent(code)).trim()
}

/** A fresh code for the demo shop's spare terminal. Throws `Problem`; 404 outside of the demo. */
export async function readDemoCode(): Promise<string> {
  const path = '/v1/demo/activation_code'
  return (await api.post<{ activation_code: string }>(path, {})).activation_code
}

/** Whether this server plays the demo shop. */
export async function isDemo(): Promise<boolean> {
  try {
    await api.get('/v1/demo')
    return true
  } catch {
    // Not there, or nobody answers: either way there is no demo code to be had.
    return false
  }
}
