import { asProblem, Problem, type ProblemBody } from '../ui/problem.ts'
import type { Session } from '../ui/types.ts'
import { lockAfterMs } from './settings-said.ts'
import { configurationStore } from './configuration.ts'
import { makeStore, type Store } from './store.ts'
import { till } from './till.ts'

const awayKey = 'onetill.till.away'
const lookEveryMs = 5_000

/** Whether the till has locked itself because nobody was at it. A reload does not open it. */
export const awayStore: Store<{ isAway: boolean }> = makeStore({
  isAway: localStorage.getItem(awayKey) !== null,
})

function setAway(isAway: boolean): void {
  if (isAway) localStorage.setItem(awayKey, '1')
  else localStorage.removeItem(awayKey)
  awayStore.set({ isAway })
}

/**
 * Locks the till when no key, touch or scan came for as long as the shop has set, and no payment is
 * open. Answers how to stop watching.
 */
export function watchAway(): () => void {
  let lastMs = Date.now()
  const touched = (): void => void (lastMs = Date.now())
  for (const name of ['keydown', 'pointerdown']) addEventListener(name, touched, true)
  const timer = setInterval(() => {
    const afterMs = lockAfterMs(configurationStore.get().current?.settings)
    if (afterMs === null) return awayStore.get().isAway && setAway(false)
    const { attempt } = till.get()
    if (attempt) touched()
    else if (Date.now() - lastMs >= afterMs && !awayStore.get().isAway) setAway(true)
  }, lookEveryMs)
  return () => {
    clearInterval(timer)
    for (const name of ['keydown', 'pointerdown']) removeEventListener(name, touched, true)
  }
}

/**
 * Opens the till for one of the shop's people, or the operator's. Their session lives for the question
 * only. Throws `Problem`: LOGIN_WRONG, or NOT_OF_THIS_SHOP.
 */
export async function openAway(
  login: string,
  password: string,
  merchantId: string | undefined,
): Promise<void> {
  const { token, principal } = await call<Session>('POST', '/v1/sessions', { login, password })
  const isOperator = principal.merchant === null && principal.roles.includes('operator')
  const isOurs = isOperator || (principal.merchant !== null && principal.merchant.id === merchantId)
  // The session was for this question; it would end by itself as well.
  call('DELETE', '/v1/sessions/current', undefined, token).catch(reportError)
  if (!isOurs) throw new Problem({ code: 'NOT_OF_THIS_SHOP' })
  setAway(false)
}

// Not by the terminal's way to the API: a wrong password must not cost the terminal its own token.
async function call<T>(method: string, path: string, body: unknown, token?: string): Promise<T> {
  let response: Response
  try {
    response = await fetch(path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      cache: 'no-store',
    })
  } catch (cause) {
    throw new Problem({ code: 'NETWORK' }, { cause })
  }
  if (response.status === 204) return undefined as T
  const answer: unknown = await response.json().catch((cause: unknown) => {
    throw asProblem(cause)
  })
  if (!response.ok) throw new Problem({ ...(answer as ProblemBody), status: response.status })
  return answer as T
}
