import { onTestFinished } from 'vitest'

import type { App } from '../../app/http/http.ts'
import type { Demo } from '../../app/routes/routes.ts'
import { buildServer } from '../../app/server.ts'
import { newId } from '../../modules/lib/ids.ts'
import type { SenderOptions } from '../../modules/notice/notice.ts'
import { createPerson, hashPassword, issueCredential } from '../../modules/party/party.ts'
import { asDevice } from './device.ts'
import { institutionId, PASSWORD, type Shop } from './shop.ts'

export type Reply = {
  status: number
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests say what they expect
  body: any
  headers: Record<string, string | string[] | number | undefined>
}

export type CallOptions = {
  token?: string
  body?: unknown
  /** The Idempotency-Key. */
  key?: string
  headers?: Record<string, string>
}

export type Desk = {
  app: App
  call(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    url: string,
    options?: CallOptions,
  ): Promise<Reply>
  /** Tokens of people on the staff, each made when it is first asked for. */
  staff: { operator: string; merchant: string }
  platformToken: string
}

export type DeskOptions = {
  demo?: Demo
  webRoot?: string
  pingMs?: number
  webhooks?: SenderOptions
}

/** Puts the HTTP server before a shop, and closes it when the test ends. */
export async function serve(shop: Shop, options: DeskOptions = {}): Promise<Desk> {
  const app = await buildServer(shop.io, {
    ...{ publicUrl: 'http://till.test', webRoot: '/nowhere', demo: null },
    ...options,
  })
  onTestFinished(() => app.close())
  const staff = {
    operator: await hire(shop, 'operator'),
    merchant: await hire(shop, 'merchant'),
  }
  const platformToken = await shop.io.db.transaction(async (tx) => {
    const key = { institutionId, kind: 'party_key', subjectId: shop.platformId } as const
    return issueCredential(tx, { ...key, now: shop.io.now() })
  })

  const call: Desk['call'] = async (method, url, { token, body, key, headers } = {}) => {
    const said = {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(key !== undefined && { 'idempotency-key': key }),
      ...headers,
    }
    const nowMs = shop.io.now().getTime()
    const device = asDevice({ method, url, token, payload: body, headers: said, nowMs })
    const response = await app.inject({ method, url, ...device })
    const isJson = /json/.test(String(response.headers['content-type']))
    const answer = isJson ? response.json() : response.body
    device.answered(answer)
    return { status: response.statusCode, body: answer, headers: response.headers }
  }
  return { app, call, staff, platformToken }
}

async function hire(shop: Shop, role: 'operator' | 'merchant'): Promise<string> {
  const { io, merchantId } = shop
  const now = io.now()
  const person = { institutionId, id: newId('per'), login: role, name: role, role }
  const passwordHash = await hashPassword(PASSWORD)
  const own = role === 'merchant' ? { merchantId } : {}
  return io.db.transaction(async (tx) => {
    await createPerson(tx, { ...person, ...own, passwordHash }, now)
    return issueCredential(tx, { institutionId, kind: 'staff', subjectId: person.id, now })
  })
}
