const lockName = 'onetill.till'
const patienceMs = 300

/**
 * Lets one page of this browser be the till, by a Web Lock: two pages would answer one scanner. Tells
 * `isOurs` whenever that changes, and takes over by itself when the other page is closed. Answers a
 * function that takes it over now. Without Web Locks (plain http in a shop's network) every page is a
 * till; the server's order numbers still keep their payments apart.
 * Source: reference/ux.md §3.1.8.
 */
export function guardTill(tell: (isOurs: boolean) => void): () => void {
  if (!('locks' in navigator)) {
    tell(true)
    return () => undefined
  }
  // A page that is being reloaded holds its lock a moment longer than its screen.
  const patience = setTimeout(() => tell(false), patienceMs)
  const hold = (): Promise<never> => {
    clearTimeout(patience)
    tell(true)
    return new Promise(() => undefined)
  }
  const request = (options: LockOptions): void => {
    // Rejected when another page has taken the lock away: then we wait in line for it again.
    navigator.locks.request(lockName, options, hold).catch(() => {
      tell(false)
      request({})
    })
  }
  request({})
  return () => request({ steal: true })
}
