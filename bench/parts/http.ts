import { connect, type Socket } from 'node:net'

export type Answer = { status: number; body: Buffer }

/** So many connections to one server, each of which carries one request at a time. */
export type Connections = {
  /** Sends when a connection is free; who must wait for one waits in turn. */
  post(path: string, request: { headers: string; body: string }): Promise<Answer>
  close(): void
}

type Waiting = { bytes: string; resolve(answer: Answer): void; reject(error: Error): void }

/**
 * Opens keep-alive connections for load. It speaks no more HTTP than our server does, since what it
 * costs is taken from the machine that is measured. One that the server has closed for being idle is
 * opened again.
 *
 * Source: RFC 9112 (message format); reliability.md §7.
 */
export async function openConnections(port: number, count: number): Promise<Connections> {
  const waiting: Waiting[] = []
  const idle = new Set<Connection>()
  let isClosing = false
  const onFree = (free: Connection) => {
    const next = waiting.shift()
    if (next) free.send(next)
    else idle.add(free)
  }
  const onEnd = (ended: Connection) => {
    idle.delete(ended)
    if (!isClosing) void openConnection(port, { onFree, onEnd }).then(onFree)
  }
  const opening = Array.from({ length: count }, () => openConnection(port, { onFree, onEnd }))
  const connections = await Promise.all(opening)
  connections.forEach(onFree)
  return {
    post: (path, { headers, body }) =>
      new Promise((resolve, reject) => {
        const length = Buffer.byteLength(body)
        const bytes =
          `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n` +
          `content-length: ${length}\r\n${headers}\r\n${body}`
        const item = { bytes, resolve, reject }
        const [free] = idle
        if (!free) return void waiting.push(item)
        idle.delete(free)
        free.send(item)
      }),
    close() {
      isClosing = true
      connections.forEach((one) => one.close())
      idle.forEach((one) => one.close())
    },
  }
}

type Connection = { send(item: Waiting): void; close(): void }

async function openConnection(
  port: number,
  on: { onFree(connection: Connection): void; onEnd(connection: Connection): void },
): Promise<Connection> {
  const socket = await connected(port)
  let current: Waiting | null = null
  let received: Buffer = Buffer.alloc(0)
  const connection: Connection = {
    send(item) {
      current = item
      socket.write(item.bytes)
    },
    close: () => socket.destroy(),
  }
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
    const answer = readAnswer(received)
    if (!answer || !current) return
    received = Buffer.alloc(0)
    const { resolve } = current
    current = null
    resolve(answer)
    on.onFree(connection)
  })
  const fail = (error?: Error) => current?.reject(error ?? new Error('the server hung up'))
  socket.on('error', fail).on('close', () => {
    fail()
    on.onEnd(connection)
  })
  return connection
}

function connected(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true })
    socket.once('connect', () => resolve(socket)).once('error', reject)
  })
}

/** The answer, once all of it is there; ours always say how long they are. */
function readAnswer(bytes: Buffer): Answer | null {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return null
  const head = bytes.toString('latin1', 0, headEnd)
  const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1] ?? 0)
  const bodyStart = headEnd + 4
  if (bytes.length < bodyStart + length) return null
  return { status: Number(head.slice(9, 12)), body: bytes.subarray(bodyStart, bodyStart + length) }
}
