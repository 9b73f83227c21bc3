import { useSyncExternalStore } from 'react'
import { createApi } from '../ui/api.ts'
import type { Payer, Session } from '../ui/types.ts'

/** The wallet's way to the API. */
export const api = createApi('wallet')

const nameKey = 'onetill.wallet.name'
const noticesKey = 'onetill.wallet.notices-seen'

/** Whether somebody is signed in on this device. */
export function useSignedIn(): boolean {
  return useSyncExternalStore(api.onToken, () => api.token() !== null)
}

/** Keeps a session that the server has just opened. */
export function enter(session: Session): void {
  rememberName(session.principal.name)
  api.setToken(session.token)
}

/**
 * Signs out here, and tells the server when it can be reached. The codes for use without a network go
 * as well, and the device with them: whoever signs in next may be another payer.
 */
export async function leave(): Promise<void> {
  try {
    const { forgetThisDevice } = await import('./device/later.ts')
    await forgetThisDevice()
    const { isWoken, letSleep } = await import('./feed/push.ts')
    if (isWoken()) await letSleep()
    await api.del('/v1/sessions/current')
  } finally {
    localStorage.removeItem(nameKey)
    localStorage.removeItem(noticesKey)
    api.setToken(null)
  }
}

/** The name to show before the server has answered, or when there is no network. */
export function lastKnownName(): string {
  return localStorage.getItem(nameKey) ?? ''
}

function rememberName(name: string): void {
  localStorage.setItem(nameKey, name)
}

/** Reads the payer and keeps the name for a start without network. */
export async function readPayer(): Promise<Payer> {
  const payer = await api.get<Payer>('/v1/payers/me')
  rememberName(payer.name)
  return payer
}

/** The newest notice that was on this screen; what is newer is unread. */
export function noticesSeen(): string {
  return localStorage.getItem(noticesKey) ?? ''
}

/** Remembers that every notice up to this one was on the screen. */
export function markNoticesSeen(newestId: string): void {
  if (newestId > noticesSeen()) localStorage.setItem(noticesKey, newestId)
}
