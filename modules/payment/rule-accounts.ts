import type { Io } from '../io/io.ts'

/**
 * What each merchant's rule pays into, as this process last read it. Only a hint of what the batch
 * will have to lock: the batch reads the rule after its locks, and begins again when the hint fell
 * short.
 */
export type RuleAccounts = {
  get(merchantId: string): readonly string[] | undefined
  set(merchantId: string, accountIds: readonly string[]): void
  forget(merchantId: string): void
}

const MOST = 50_000

const known = new WeakMap<Io['db'], RuleAccounts>()

/** The hints of one database, which go when it goes. */
export function ruleAccountsOf({ db }: Pick<Io, 'db'>): RuleAccounts {
  let found = known.get(db)
  if (!found) known.set(db, (found = openRuleAccounts(MOST)))
  return found
}

/** Keeps the hints of `most` merchants, and forgets the longest known for one more. */
export function openRuleAccounts(most: number): RuleAccounts {
  const accounts = new Map<string, readonly string[]>()
  return {
    get: (merchantId) => accounts.get(merchantId),
    set(merchantId, accountIds) {
      accounts.set(merchantId, accountIds)
      if (accounts.size > most) accounts.delete(accounts.keys().next().value as string)
    },
    forget: (merchantId) => void accounts.delete(merchantId),
  }
}
