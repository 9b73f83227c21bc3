import type { ServerResponse } from 'node:http'

import { AppError } from '../../modules/errors/errors.ts'
import { earliestId, idTime, isId } from '../../modules/lib/ids.ts'
import type { Event } from '../../modules/outbox/outbox.ts'
import {
  audienceOf,
  channelOf,
  channelsOf,
  readEventsById,
  readFreshIds,
  readReplay,
} from './audience.ts'
import type { OpenIo } from '../io.ts'
import type { Principal } from './principal.ts'
import type { Principals } from './principals.ts'
import { showEvent } from '../schemas/event.ts'
import { openTrouble } from '../start/trouble.ts'
import { openWire, type Wire } from './wire.ts'

const POLL_MS = 100
// After a poke at the soonest: a burst of commits is read at once.
const BREATH_MS = 15
// Ids are made before their commit, so events appear out of order. Each poll looks back as far as
// commits usually take, and one poll in so many as far as they ever may.
const LOOK_BACK_MS = 400
const SWEEP_EVERY = 20
const SWEEP_MS = 10_000
const MOST_FRESH = 5_000
const MOST_SWEPT = 100_000
// A resumed stream begins this long before the last id that its reader has. Source: DESIGN §5.
const RESUME_MS = 30_000
const KEPT_MS = 3 * 24 * 60 * 60 * 1000
const REPLAY_LOOK = 2_000
// Source: the contract of the API; proxies cut what is silent for a minute.
const PING_MS = 15_000
// Live events that wait for a replay to end, at most.
const MOST_HELD = 5_000
const MOST_STREAMS = 10_000
const MOST_OF_ONE = 20

export type Hub = {
  /** @throws AppError RATE_LIMITED or BUSY when there are too many: before the answer begins */
  mayOpen(principal: Principal): void
  /** Takes over a response and writes the reader's events to it until one side ends. */
  open(response: ServerResponse, reader: Listener): void
  size(): number
  /** Ends all streams; readers come again and resume. */
  close(): void
}

export type Listener = { principal: Principal; token: string; lastEventId: string | null }

type Stream = Listener & {
  wire: Wire
  channel: string | null
  /** Older events are not its business: they were before it came. */
  fromId: string
  /** Live events that wait for the replay to end; null when it has. */
  held: Event[] | null
  /** What the replay has sent of late, and the live events might bring again. */
  replayed: Set<string>
}

type Room = {
  institutionId: string
  streams: Set<Stream>
  byChannel: Map<string, Set<Stream>>
  seen: Set<string>
  openedAt: Date
  polls: number
  polledMs: number
  isPolling: boolean
  isPoked: boolean
}

/**
 * Opens the hub of event streams: for each institution that somebody listens to it reads what is
 * new, ten times a second and soon after this process's own commits, and hands each reader his own.
 *
 * Source: DESIGN §5 (streams read event rows), §8 (live data by SSE); P15.
 */
export function openHub(
  io: OpenIo,
  principals: Principals,
  { pingMs = PING_MS }: { pingMs?: number | undefined } = {},
): Hub {
  const rooms = new Map<string, Room>()
  const trouble = openTrouble(io.log, 'events cannot be read')
  let isClosed = false

  async function poll(room: Room): Promise<void> {
    if (room.isPolling) return // the poke is remembered, and looked at when this one ends
    room.isPolling = true
    room.isPoked = false
    room.polledMs = performance.now()
    try {
      await deliverFresh(io, room)
      trouble.isOver()
    } catch (error) {
      trouble.happened(error)
    } finally {
      room.isPolling = false
      if (room.isPoked && !isClosed) soon(room)
    }
  }

  const soon = (room: Room): void => {
    const waitMs = Math.max(0, BREATH_MS - (performance.now() - room.polledMs))
    setTimeout(() => void poll(room), waitMs).unref()
  }

  const stopPokes = io.onPoke((institutionId) => {
    const room = rooms.get(institutionId)
    if (!room || room.isPoked) return
    room.isPoked = true
    if (!room.isPolling) soon(room)
  })
  const pollTimer = setInterval(() => {
    for (const room of rooms.values()) if (!room.isPolling) void poll(room)
  }, POLL_MS).unref()
  const pingTimer = setInterval(() => rooms.forEach((room) => void pingAll(room)), pingMs).unref()
  const pingAll = (room: Room): Promise<void> =>
    // When the database is away, whoever was good a moment ago may stay.
    ping(room).then(trouble.isOver, trouble.happened)

  /** Says that we are there, and ends the streams of those whose token is no longer good. */
  async function ping({ streams }: Room): Promise<void> {
    for (const { wire } of streams) wire.comment('ping')
    const listeners = [...streams]
    const live = await principals.live(listeners)
    for (const { token, wire } of listeners) if (!live.has(token)) wire.end()
  }

  function roomOf(institutionId: string): Room {
    let room = rooms.get(institutionId)
    if (!room) {
      const sets = { streams: new Set<Stream>(), byChannel: new Map(), seen: new Set<string>() }
      const idle = { polls: 0, polledMs: 0, isPolling: false, isPoked: false }
      room = { institutionId, ...sets, ...idle, openedAt: io.now() }
      rooms.set(institutionId, room)
    }
    return room
  }

  return {
    mayOpen(principal) {
      const streams = rooms.get(principal.institutionId)?.streams ?? new Set()
      const own = [...streams].filter((one) => one.principal.id === principal.id).length
      if (own >= MOST_OF_ONE) throw new AppError('RATE_LIMITED')
      if (isClosed || countStreams(rooms) >= MOST_STREAMS) throw new AppError('BUSY')
    },
    open(response, listener) {
      const room = roomOf(listener.principal.institutionId)
      const wire = openWire(response, () => {
        leave(room, stream)
        if (room.streams.size === 0) rooms.delete(room.institutionId)
      })
      const stream: Stream = {
        ...listener,
        wire,
        channel: channelOf(listener.principal),
        fromId: beginning(listener, io.now()),
        held: [],
        replayed: new Set(),
      }
      join(room, stream)
      replay(io, stream).catch((err: unknown) => {
        io.log.warn({ err }, 'a stream could not be resumed')
        wire.end()
      })
    },
    size: () => countStreams(rooms),
    close() {
      isClosed = true
      stopPokes()
      clearInterval(pollTimer)
      clearInterval(pingTimer)
      for (const room of rooms.values()) for (const { wire } of room.streams) wire.end()
    },
  }
}

function join({ streams, byChannel }: Room, stream: Stream): void {
  streams.add(stream)
  if (stream.channel === null) return
  const others = byChannel.get(stream.channel)
  if (others) others.add(stream)
  else byChannel.set(stream.channel, new Set([stream]))
}

function leave({ streams, byChannel }: Room, stream: Stream): void {
  streams.delete(stream)
  const others = byChannel.get(stream.channel ?? '')
  others?.delete(stream)
  if (others?.size === 0) byChannel.delete(stream.channel ?? '')
}

// What is no id of an event is no place to resume from.
const isKnown = (lastEventId: string | null): lastEventId is string =>
  lastEventId !== null && isId('evt', lastEventId)

/** The id after which a stream begins: some time before the last that its reader has, or now. */
function beginning({ lastEventId }: Listener, now: Date): string {
  const nowMs = now.getTime()
  const fromMs = isKnown(lastEventId)
    ? Math.max(idTime(lastEventId).getTime() - RESUME_MS, nowMs - KEPT_MS)
    : nowMs - LOOK_BACK_MS
  return earliestId('evt', new Date(fromMs))
}

const countStreams = (rooms: ReadonlyMap<string, Room>): number =>
  [...rooms.values()].reduce((sum, { streams }) => sum + streams.size, 0)

async function deliverFresh(io: OpenIo, room: Room): Promise<void> {
  const { institutionId, byChannel, seen } = room
  const isSweep = ++room.polls % SWEEP_EVERY === 0
  const lookBackMs = isSweep ? SWEEP_MS : LOOK_BACK_MS
  const from = Math.max(io.now().getTime() - lookBackMs, room.openedAt.getTime() - LOOK_BACK_MS)
  const audience = audienceOf(byChannel.keys())
  const page = {
    afterId: earliestId('evt', new Date(from)),
    limit: isSweep ? MOST_SWEPT : MOST_FRESH,
  }
  const ids = await readFreshIds(io.db, { institutionId, audience }, page)
  const fresh = ids.filter((id) => !seen.has(id))
  if (isSweep) forget(seen, earliestId('evt', new Date(from - SWEEP_MS)))
  if (fresh.length === 0) return
  const events = await readEventsById(io.db, institutionId, fresh)
  for (const event of events) {
    seen.add(event.id)
    for (const channel of channelsOf(event))
      for (const stream of byChannel.get(channel) ?? []) deliver(stream, event)
  }
}

function deliver(stream: Stream, event: Event): void {
  if (event.id < stream.fromId || stream.replayed.delete(event.id)) return
  if (stream.held === null) send(stream, event)
  else if (stream.held.push(event) > MOST_HELD) stream.wire.end()
}

function forget(seen: Set<string>, beforeId: string): void {
  for (const id of seen) if (id < beforeId) seen.delete(id)
}

/** Sends what the reader missed, then what happened meanwhile, then lets the live events through. */
async function replay(io: OpenIo, stream: Stream): Promise<void> {
  const { principal, channel, lastEventId, wire, replayed } = stream
  const where = { institutionId: principal.institutionId, audience: audienceOf([channel]) }
  let afterId = isKnown(lastEventId) ? stream.fromId : null
  while (afterId !== null && wire.isOpen()) {
    const page = await readReplay(io.db, where, { afterId, look: REPLAY_LOOK })
    for (const event of page.events) send(stream, event)
    for (const { id } of page.events) replayed.add(id)
    forget(replayed, earliestId('evt', new Date(io.now().getTime() - 2 * SWEEP_MS)))
    await wire.drained()
    afterId = page.lastId
  }
  const held = stream.held ?? []
  stream.held = null
  for (const event of held) deliver(stream, event)
}

const send = ({ wire, principal }: Stream, event: Event): void =>
  wire.event(event.id, event.type, JSON.stringify(showEvent(event, principal)))
