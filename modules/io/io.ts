import type { Channels, MasterKey } from '../channel/channel.ts'
import type { Batched, Db } from '../database/database.ts'
import type { Clock } from '../lib/clock.ts'
import type { IssuerTable } from '../paycode/paycode.ts'
import type { Institution } from '../party/party.ts'
import type { CompiledRules } from '../route/route.ts'
import type { Settings } from '../settings/settings.ts'

/** Where lines of the log go. Fields are JSON; never a code, a PIN or a token in clear. */
export type Log = {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Everything that touches the outside: built once in the entry, handed down by hand. */
export type Io = {
  readonly db: Db
  /** Puts one item into the next batch of a step. Batches never mix institutions: a shard each. */
  readonly batched: Batched
  readonly now: Clock
  /** The key of our hashes of codes and requests; 32 bytes, the same in every process. */
  readonly pepper: Uint8Array
  /** The key of the aliases in offline codes; 32 bytes, the same in every process. */
  readonly aliasKey: Uint8Array
  /** What is stored encrypted is sealed with it. */
  readonly masterKey: MasterKey
  readonly log: Log
  /** Whose codes are known: a compiled copy at most 2 s old. */
  issuers(): IssuerTable
  /** The roads to counterparts: opened accounts, copies at most 2 s old. */
  readonly channels: Channels
  /** By which rules sources and roads are chosen: a compiled copy at most 2 s old. */
  routeRules(institutionId: string): CompiledRules
  /** The institution's own terms, at most 2 s old. Throws AppError NOT_FOUND. */
  institution(institutionId: string): Promise<Institution>
  /**
   * The parameters as they are at a place: at the institution, or as far down the chain as is named.
   * From a copy at most 2 s old; at once after a save of this process. Source: P19.
   */
  settings(institutionId: string, place?: SettingsPlace): Settings
  /** Wakes the streams and loops of this process after a commit; without it they poll. */
  poke(institutionId: string): void
}

/** Where settings are asked for: the chain that the caller knows, from the merchant down. */
export type SettingsPlace = {
  merchantId?: string | undefined
  storeId?: string | undefined
  terminalId?: string | undefined
}
