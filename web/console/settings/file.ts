import { Problem } from '../../ui/api.ts'
import { api } from '../resources.ts'

/**
 * Saves the settings as a file of YAML on this device. Not JSON, so it does not go by `api`.
 *
 * Throws `Problem`, as every call does.
 */
export async function downloadSettings(): Promise<void> {
  const response = await fetch('/v1/settings/export', {
    headers: { Authorization: `Bearer ${api.token() ?? ''}` },
    cache: 'no-store',
  }).catch((cause: unknown) => {
    throw new Problem({ code: 'NETWORK', retry: 'same_key', next_action: 'query' }, { cause })
  })
  if (!response.ok) throw new Problem({ code: 'BUSY', status: response.status })
  const address = URL.createObjectURL(await response.blob())
  const link = document.createElement('a')
  link.href = address
  link.download = 'onetill-settings.yaml'
  link.click()
  // The browser reads the file after the click; a minute is plenty.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
