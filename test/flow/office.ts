import { expect, onTestFinished } from 'vitest'

import { openIo, type OpenIo } from '../../app/io.ts'
import { keysOf, newRoot } from '../../app/keys.ts'
import { buildServer } from '../../app/server.ts'
import { audit } from '../../modules/audit/audit.ts'
import { newId } from '../../modules/lib/ids.ts'
import { systemClock, type Clock } from '../../modules/lib/clock.ts'
import {
  createInstitution,
  createPerson,
  hashPassword,
  issueCredential,
} from '../../modules/party/party.ts'
import { freshDatabase } from '../database.ts'
import { asDevice } from './device.ts'

export const PASSWORD = 'correct horse'

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

export type Answer = {
  status: number
  // A test reads what it expects; what is not there makes it fail by name.
  body: any
  headers: Record<string, unknown>
  text: string
}

export type Call = {
  token?: string
  body?: unknown
  /** A fresh one for each POST when it is left out; null sends none. */
  key?: string | null
}

export type Institution = { id: string; operator: string; operatorId: string }

/**
 * Opens two institutions on a database of their own and a server over it; whatever else a test
 * needs it makes by HTTP, as an operator would. Closes itself when the test ends.
 */
export async function openOffice({ now = systemClock }: { now?: Clock } = {}) {
  const database = await freshDatabase()
  const keys = keysOf(newRoot())
  const open = () => openIo({ databaseUrl: database.url, keys, log: quiet, now })
  const passwordHash = await hashPassword(PASSWORD)
  // A process holds a copy of the issuers; the one that takes payments starts after they are there.
  const first = await open()
  const here = await openInstitution(first, { slug: 'here', codePrefix: '80', passwordHash })
  const there = await openInstitution(first, { slug: 'there', codePrefix: '82', passwordHash })
  await first.close()
  const io = await open()
  const server = await buildServer(io, {
    ...{ publicUrl: 'http://localhost', webRoot: '/nowhere', demo: null },
  })
  onTestFinished(async () => {
    await server.close()
    await io.close()
    await database.drop()
  })

  async function call(method: Method, url: string, { token, body, key }: Call = {}) {
    const idempotencyKey = key === undefined ? newId('req') : key
    const said = {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(method === 'POST' && idempotencyKey !== null && { 'idempotency-key': idempotencyKey }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    }
    const nowMs = now().getTime()
    const device = asDevice({ method, url, token, payload: body, headers: said, nowMs })
    const answer = await server.inject({ method, url, ...device })
    const { statusCode: status, headers, payload: text } = answer
    const isJson = /json/.test(String(headers['content-type']))
    const given = isJson ? (JSON.parse(text) as Record<string, unknown>) : null
    device.answered(given ?? {})
    return { status, headers, text, body: given } as Answer
  }

  /** Makes a thing by POST and answers it. */
  async function create(token: string, url: string, body: unknown): Promise<Answer['body']> {
    const answer = await call('POST', url, { token, body })
    expect(answer.status, answer.text).toBe(201)
    return answer.body
  }

  return {
    ...{ io, server, databaseUrl: database.url, here, there, call, create },

    /** A merchant with a store and an activated terminal, made by the institution's operator. */
    async openMerchant({ operator }: Institution, name = '晨光便利店', parties: object = {}) {
      const body = { name, category: '5411', ...parties }
      const merchant = await create(operator, '/v1/merchants', body)
      const place = { merchant: merchant.id, name: `${name} 一号店`, kind: 'small_store' }
      const store = await create(operator, '/v1/stores', place)
      const terminal = await create(operator, '/v1/terminals', { store: store.id, name: '1 号' })
      const activation_code: string = terminal.activation_code
      const active = await call('POST', '/v1/terminals/activate', { body: { activation_code } })
      expect(active.status, active.text).toBe(201)
      return {
        id: merchant.id as string,
        key: merchant.api_key as string,
        storeId: store.id as string,
        terminalId: terminal.id as string,
        terminalToken: active.body.token as string,
      }
    },

    /** A person on the staff with a token; only commands make people, so this is no call. */
    async addStaff(
      { id: institutionId }: Institution,
      person: {
        login: string
        role: 'operator' | 'merchant' | 'agent' | 'bank'
        merchantId?: string
      },
    ): Promise<string> {
      const id = newId('per')
      const at = io.now()
      return io.db.transaction(async (tx) => {
        await createPerson(tx, { institutionId, id, name: '员工', passwordHash, ...person }, at)
        return issueCredential(tx, { institutionId, kind: 'staff', subjectId: id, now: at })
      })
    },

    /** Fails the test when any invariant of the books does not hold. */
    async audit(): Promise<void> {
      const { findings } = await audit(database.url, { now: now() })
      expect(findings).toEqual([])
    },
  }
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
export type Office = Awaited<ReturnType<typeof openOffice>>

async function openInstitution(
  io: OpenIo,
  { slug, codePrefix, passwordHash }: { slug: string; codePrefix: string; passwordHash: string },
): Promise<Institution> {
  const id = `ins_${slug}`
  const operatorId = newId('per')
  const now = io.now()
  const operator = await io.db.transaction(async (tx) => {
    const names = { name: `机构 ${slug}`, nameEn: slug, timeZone: 'Asia/Shanghai' }
    const house = { currency: 'CNY' as const, codePrefix, houseMerchantId: newId('mch') }
    await createInstitution(tx, { id, ...names, ...house }, now)
    const person = { login: 'operator', name: '运营', role: 'operator', passwordHash } as const
    await createPerson(tx, { institutionId: id, id: operatorId, ...person }, now)
    return issueCredential(tx, { institutionId: id, kind: 'staff', subjectId: operatorId, now })
  })
  return { id, operator, operatorId }
}
