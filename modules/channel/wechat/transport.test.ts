import type { RequestListener, Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { afterEach, expect, test } from 'vitest'

import { sendByFetch } from './transport.ts'

const servers: Server[] = []

afterEach(() => {
  servers.splice(0).forEach((server) => server.close())
})

async function listen(respond: RequestListener): Promise<URL> {
  const server = createServer(respond)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/pay`)
}

const send = sendByFetch(fetch, 500)
const post = (url: URL) => send({ method: 'POST', url, headers: { 'x-a': '1' }, body: 'code' })

test('an answer comes back as it was sent, with its status and headers', async () => {
  const url = await listen((request, response) => {
    response.writeHead(404, { 'Wechatpay-Serial': 'ABC' })
    response.end(`\uFEFF中 ${request.method} ${request.headers['x-a']}`)
  })
  expect(await post(url)).toMatchObject({
    kind: 'answered',
    status: 404,
    headers: { 'wechatpay-serial': 'ABC' },
    body: '\uFEFF中 POST 1',
  })
})

test('a redirection is an answer and is not followed: the code goes nowhere else', async () => {
  let hasLeaked = false
  const elsewhere = await listen((_request, response) => {
    hasLeaked = true
    response.end()
  })
  const url = await listen((_request, response) => {
    response.writeHead(307, { location: elsewhere.href }).end()
  })
  expect(await post(url)).toMatchObject({ kind: 'answered', status: 307 })
  expect(hasLeaked).toBe(false)
})

test('bytes that are no UTF-8 are not made into text', async () => {
  const url = await listen((_request, response) => response.end(Buffer.from([0x7b, 0xff, 0x7d])))
  expect(await post(url)).toEqual({ kind: 'nothing', problem: 'NOT_UTF8' })
})

test.each<[string, RequestListener]>([
  ['too large', (_request, response) => response.end('x'.repeat(300_000))],
  ['too late', () => undefined],
  [
    'too slow',
    (_request, response) => {
      response.write('<xml>')
    },
  ],
  [
    'cut off',
    (_request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('<xml>', () => response.destroy())
    },
  ],
  ['no answer at all', (request) => request.socket.destroy()],
])('what is %s is no answer', async (_what, respond) => {
  expect(await post(await listen(respond))).toEqual({ kind: 'nothing', problem: 'NO_ANSWER' })
})
