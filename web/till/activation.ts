import type { Activation } from '../ui/types.ts'
import { api, queries } from './server.ts'

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

/** This device becomes the terminal of the code. Throws `Problem`. */
export async function activate(code: string): Promise<void> {
  const body = { activation_code: code.trim() }
  const { token } = await api.post<Activation>('/v1/terminals/activate', body)
  queries.clear()
  api.setToken(token)
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
