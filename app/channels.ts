import type { Channel, ChannelAccount, Channels, Health, Road } from '../modules/channel/channel.ts'
import { channelVersion, openKeys } from '../modules/channel/channel.ts'
import {
  guard,
  openChannel,
  readSealedAccounts,
  type Called,
  type Guarded,
  type SealedAccount,
} from '../modules/channel/open.ts'
import type { Io } from '../modules/io/io.ts'
import { readInstitutions } from '../modules/party/party.ts'
import { startFollowing, type Following } from './following.ts'

// How often the accounts' versions are looked at, so that a copy is at most 2 s old.
const LOOK_MS = 1_000

// How often it is seen to whether a probe is due.
const PROBE_LOOK_MS = 500

/** The roads, and what the entry itself needs besides. */
export type OpenChannels = Channels &
  Following & {
    /** Every call that went through a guard. */
    onCalled(listener: (accountId: string, call: Called) => void): void
    /** The origins of the pages on which payers put a card on file. */
    pageOrigins(): string[]
    /** How every account has been answering. */
    health(): { accountId: string; health: Health }[]
  }

export type ChannelsOptions = Pick<Io, 'masterKey' | 'log' | 'now'> & {
  db: Pick<Io['db'], 'read'>
  fetch?: typeof globalThis.fetch
}

type Opened = { road: Road; sealed: SealedAccount; guarded: Guarded }

/**
 * Opens the roads of all institutions and keeps them as their accounts stand. An account that
 * changes its keys or settings gets a new road, with a fresh breaker; calls that are under way end
 * on the old one. An account whose keys cannot be read has no road, and the others do not mind.
 *
 * @throws when the database cannot be reached
 *
 * Source: P10; DESIGN §4; issue 3 (keys rotated without downtime, a breaker for each account).
 */
export async function openChannels(options: ChannelsOptions): Promise<OpenChannels> {
  const { db, log } = options
  const versions = new Map<string, bigint>()
  const opened = new Map<string, Map<string, Opened>>()
  const listeners = openListeners(log)
  const open = opener(options, listeners)

  async function follow(): Promise<void> {
    for (const { id: institutionId } of await readInstitutions(db)) {
      const version = await channelVersion(db, institutionId)
      if (versions.get(institutionId) === version) continue
      const accounts = await readSealedAccounts(db, institutionId)
      const old = opened.get(institutionId)
      const roads = accounts.flatMap((one) => open(one, old?.get(one.id)) ?? [])
      opened.set(institutionId, new Map(roads.map((one) => [one.road.account.id, one])))
      versions.set(institutionId, version)
    }
  }

  const following = await startFollowing(follow, {
    ...{ everyMs: LOOK_MS, log, trouble: 'the channel accounts cannot be read again' },
  })
  const probing = setInterval(() => {
    for (const { guarded } of all()) void guarded.probe()
  }, PROBE_LOOK_MS).unref()
  const all = () => [...opened.values()].flatMap((roads) => [...roads.values()])
  const found = (institutionId: string, accountId: string) =>
    opened.get(institutionId)?.get(accountId)

  return {
    road(institutionId, accountId) {
      return found(institutionId, accountId)?.road ?? null
    },
    roads: (institutionId) =>
      [...(opened.get(institutionId)?.values() ?? [])]
        .map(({ road }) => road)
        .filter(({ account }) => account.state === 'active'),
    mayCall: (institutionId, accountId) =>
      found(institutionId, accountId)?.guarded.mayCall() ?? false,
    onHealed: (listener) => void listeners.healed.push(listener),
    onHealth: (listener) => void listeners.turned.push(listener),
    onCalled: (listener) => void listeners.called.push(listener),
    pageOrigins: () => [
      ...new Set(
        all()
          .filter(({ sealed }) => sealed.channel === 'bankcard')
          .flatMap(({ sealed }) => originOf(sealed.settings['baseUrl'])),
      ),
    ],
    health: () =>
      all().map(({ road, guarded }) => ({ accountId: road.account.id, health: guarded.health() })),
    refresh: following.refresh,
    stop() {
      clearInterval(probing)
      return following.stop()
    },
  }
}

// Figures are made when somebody looks, and not with every payment that goes this road.
const originOf = (address: unknown): string[] => {
  const url = typeof address === 'string' ? URL.parse(address) : null
  return url ? [url.origin] : []
}

const roadOf = (account: ChannelAccount, guarded: Guarded): Road => ({
  account,
  channel: guarded.channel,
  get health() {
    return guarded.health()
  },
})

type Listeners = {
  healed: ((institutionId: string, accountId: string) => void)[]
  turned: ((institutionId: string, accountId: string, health: Health) => void)[]
  called: ((accountId: string, call: Called) => void)[]
}

/** The listeners, and a line of the log whenever an account turns. */
function openListeners(log: Io['log']): Listeners {
  const listeners: Listeners = { healed: [], turned: [], called: [] }
  listeners.turned.push((institutionId, accountId, { state, lastProblem }) => {
    const about = { institutionId, channelAccountId: accountId, problem: lastProblem }
    if (state === 'healthy') log.info(about, 'a channel answers again')
    else log.warn(about, 'a channel does not answer')
  })
  return listeners
}

/** How an account becomes a road, or stays the one it is. */
function opener(
  { masterKey, log, now: clock, fetch = globalThis.fetch }: ChannelsOptions,
  listeners: Listeners,
) {
  return (sealed: SealedAccount, old: Opened | undefined): Opened | undefined => {
    const { sealedKeys, ...account } = sealed
    if (account.state === 'closed') return undefined
    if (old && isSameRoad(old.sealed, sealed)) {
      return { ...old, sealed, road: roadOf(account, old.guarded) }
    }
    const { institutionId, id } = account
    let channel: Channel
    try {
      channel = openChannel(account, openKeys(sealedKeys, account, masterKey), { clock, fetch })
    } catch (err) {
      log.error({ institutionId, channelAccountId: id, err }, 'a channel account cannot be opened')
      return undefined
    }
    const tellTurned = (health: Health) => {
      listeners.turned.forEach((listener) => listener(institutionId, id, health))
      if (health.state !== 'healthy') return
      listeners.healed.forEach((listener) => listener(institutionId, id))
    }
    const guarded = guard(channel, {
      ...{ clock, nowMs: () => performance.now(), concurrency: () => account.concurrency },
      onCalled: (call) => listeners.called.forEach((listener) => listener(id, call)),
      onTurned: tellTurned,
    })
    // With other keys it is believed to answer until it shows otherwise.
    if (old && old.guarded.health().state !== 'healthy') tellTurned(guarded.health())
    return { road: roadOf(account, guarded), sealed, guarded }
  }
}

/** Whether all that a road is made of is as it was: a change of the name needs no new one, nor does
 * sealing the same keys anew. */
function isSameRoad(old: SealedAccount, now: SealedAccount): boolean {
  return (
    JSON.stringify(old.keyHints) === JSON.stringify(now.keyHints) &&
    JSON.stringify(old.settings) === JSON.stringify(now.settings) &&
    old.concurrency === now.concurrency
  )
}
