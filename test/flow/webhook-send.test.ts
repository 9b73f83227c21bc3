import { createServer as createTlsServer } from 'node:https'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'

import { expect, onTestFinished, test } from 'vitest'

import { openSender, type SenderOptions } from '../../modules/notice/notice.ts'
import { certify, makeAuthority, makeRsaKeyPair } from '../../sandbox/counterpart/certificate.ts'
import { openReceiver } from './receiver.ts'

// What goes over the wire to strangers' servers, and what they can do to us.

const now = new Date()
const { signal } = new AbortController()

function open(options: Partial<SenderOptions> = {}) {
  const sender = openSender({ allowPrivate: true, timeoutMs: 400, ...options })
  onTestFinished(() => sender.close())
  return (url: string) => sender.send({ url, headers: {}, body: '{}', now }, signal)
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** A server that speaks as it is told to each connection. */
async function speak(talk: (socket: Socket, number: number) => void): Promise<string> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined) // we are cut off on purpose
    talk(socket, sockets.size)
  })
  onTestFinished(() => {
    sockets.forEach((socket) => socket.destroy())
    server.close()
  })
  return `http://127.0.0.1:${await listen(server)}/`
}

const here = async () => {
  await Promise.resolve()
  return [{ address: '127.0.0.1', family: 4 }]
}

test('over TLS the certificate must be for the host, and from an authority that is trusted', async () => {
  const authority = makeAuthority('Test Authority', now)
  const { privateKeyPem: key, publicKeyPem } = await makeRsaKeyPair()
  const hosts = ['hooks.example.com']
  const { certificatePem: cert } = certify(authority, {
    name: 'hooks',
    publicKeyPem,
    from: now,
    hosts,
  })
  const seen: string[] = []
  const server = createTlsServer({ key, cert }, (request, response) => {
    seen.push(String(request.headers.host))
    response.writeHead(204).end()
  })
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const port = await listen(server)
  const authorities = authority.certificatePem
  const [trusting, strict] = [open({ authorities, resolve: here }), open({ resolve: here })]
  expect(await trusting(`https://hooks.example.com:${port}/`)).toMatchObject({
    status: 204,
    problem: null,
  })
  expect(await trusting(`https://other.example.com:${port}/`)).toMatchObject({
    ...{ problem: 'tls', detail: 'ERR_TLS_CERT_ALTNAME_INVALID' },
  })
  expect(await strict(`https://hooks.example.com:${port}/`)).toMatchObject({ problem: 'tls' })
  // The name is looked up by us alone, and stands in the request all the same.
  expect(seen).toEqual([`hooks.example.com:${port}`])
})

test('a name is looked up once for a connection, which goes to the address that was looked at', async () => {
  const receiver = await openReceiver()
  const port = new URL(receiver.url).port
  let lookUps = 0
  const send = open({
    async resolve() {
      await Promise.resolve()
      lookUps += 1
      // Were it looked up again to connect, it would lead elsewhere.
      return [{ address: lookUps === 1 ? '127.0.0.1' : '127.0.0.2', family: 4 }]
    },
  })
  expect(await send(`http://hooks.example.com:${port}/`)).toMatchObject({ status: 204 })
  expect(lookUps).toBe(1)
})

test('one inner address among public ones is enough to refuse a name', async () => {
  const send = open({
    allowPrivate: false,
    async resolve() {
      await Promise.resolve()
      return ['8.8.8.8', '10.0.0.1'].map((address) => ({ address, family: 4 }))
    },
  })
  expect(await send('https://hooks.example.com/')).toMatchObject({ problem: 'address_refused' })
  expect(await send('https://127.0.0.1/')).toMatchObject({ problem: 'address_refused' })
  expect(await send('http://hooks.example.com/')).toMatchObject({ problem: 'address_refused' })
})

test('a name that leads nowhere, and one that cannot be looked up, is not found', async () => {
  const nowhere = open({ resolve: async () => Promise.resolve([]) })
  expect(await nowhere('http://hooks.example.com/')).toMatchObject({ problem: 'name_not_found' })
  const broken = open({ resolve: async () => Promise.reject(new Error('no DNS')) })
  expect(await broken('http://hooks.example.com/')).toMatchObject({ problem: 'name_not_found' })
})

test('of an endless answer the beginning is read, and the status counts', async () => {
  let isCut = false
  const url = await speak((socket) => {
    socket.on('close', () => (isCut = true))
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000000000\r\n\r\n')
    const pour = (): void => void (socket.writable && socket.write('x'.repeat(65_536), pour))
    pour()
  })
  const answer = await open()(url)
  expect(answer).toMatchObject({ status: 200, problem: null })
  expect(answer?.detail).toBe('x'.repeat(1_024))
  await expect.poll(() => isCut).toBe(true)
})

test('an answer that drips counts by its status, and silence is a time-out', async () => {
  const drip = await speak((socket) => {
    socket.write('HTTP/1.1 202 Accepted\r\ncontent-length: 100\r\n\r\nok')
  })
  expect(await open()(drip)).toMatchObject({ status: 202, problem: null, detail: 'ok' })
  const silent = await speak(() => undefined)
  const startedMs = performance.now()
  expect(await open()(silent)).toMatchObject({ status: null, problem: 'timeout' })
  expect(performance.now() - startedMs).toBeLessThan(2_000)
  const half = await speak((socket) => void socket.write('HTTP/1.1 2'))
  expect(await open()(half)).toMatchObject({ status: null, problem: 'timeout' })
})

test.each([
  ['nonsense', 'hello, who is there?\r\n\r\n'],
  ['headers without end', `HTTP/1.1 200 OK\r\n${'x-a: b\r\n'.repeat(5_000)}`],
])('%s is no answer', async (_what, text) => {
  const url = await speak((socket) => void socket.end(text))
  expect(await open()(url)).toMatchObject({ status: null, problem: 'not_reached' })
})

test('a kept connection that the other side has left is replaced at once', async () => {
  const url = await speak((socket, number) => {
    let requests = 0
    socket.on('data', () => {
      requests += 1
      if (number === 1 && requests === 2) return socket.resetAndDestroy()
      return socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
    })
  })
  const send = open()
  expect(await send(url)).toMatchObject({ status: 200 })
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(await send(url)).toMatchObject({ status: 200, problem: null })
})

test('who is told to stop says so, and does not call it a failure of the other side', async () => {
  const silent = await speak(() => undefined)
  const sender = openSender({ allowPrivate: true })
  onTestFinished(() => sender.close())
  const abort = new AbortController()
  setTimeout(() => abort.abort(), 50)
  const post = { url: silent, headers: {}, body: '{}', now }
  expect(await sender.send(post, abort.signal)).toBeNull()
})
