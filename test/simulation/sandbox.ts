import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import type { Place, Places } from '../../sandbox/sandbox.ts'
import type { FaultRule, Profile } from '../../sandbox/counterpart/faults.ts'

const program = fileURLToPath(new URL('../../sandbox/sandbox.ts', import.meta.url))

export const schemes = ['wechat', 'alipay', 'unionpay'] as const
export type Scheme = (typeof schemes)[number]

export type Rule = Omit<FaultRule, 'orderNo'> & { order_no?: string }

/** What a phone shows to a program. */
export type PhoneView = { code: string; waiting: { order_no: string; amount: number }[] }

/** A payer to be made: `balance` and `free_up_to` in fen. */
export type NewPhone = { name: string; balance: number; free_up_to: number }

/** One counterpart, as a test speaks to it: over HTTP, like everybody. */
export type Counterpart = {
  scheme: Scheme
  url: string
  tlsUrl: string | undefined
  setProfile(profile: Profile): Promise<void>
  addFault(rule: Rule): Promise<void>
  clearFaults(): Promise<void>
  /** Makes amounts amounts like others, and faults depend on them and not on order numbers. */
  drawByAmount(): Promise<void>
  advance(byMs: number): Promise<void>
  putPayer(payer: NewPhone): Promise<void>
  /** A payer's phone, each time with a new code. */
  phone(payer: string): Promise<PhoneView>
  /** So many codes of one payer at once, for a load that shall cost the counterpart nothing else. */
  codes(payer: string, count: number, lifeMs: number): Promise<string[]>
  typePassword(payer: string, orderNo: string, action: 'confirm' | 'cancel'): Promise<number>
  books<Books>(): Promise<Books>
}

export type SandboxProcess = Record<Scheme, Counterpart> & { pid: number; close(): Promise<void> }

/** Runs the counterparts as a process of their own, forgetful, on any free ports. */
export async function startSandboxProcess({ seed }: { seed: string }): Promise<SandboxProcess> {
  const child = spawn(process.execPath, [program, '--seed', seed], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const [line] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [
    Buffer | number,
  ]
  if (!Buffer.isBuffer(line)) throw new Error(`the sandbox ended with ${line}`)
  const places = JSON.parse(line.toString()) as Places
  const { wechat, alipay, unionpay } = places
  return {
    pid: child.pid ?? 0,
    wechat: counterpart('wechat', wechat),
    alipay: counterpart('alipay', alipay),
    unionpay: counterpart('unionpay', unionpay),
    async close() {
      const gone = once(child, 'exit')
      child.stdin.end()
      await gone
    },
  }
}

function counterpart(scheme: Scheme, place: Place): Counterpart {
  if (!('url' in place)) throw new Error(`${scheme}: ${place.problem}`)
  const { url, tlsUrl } = place
  const control = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const answer = await fetch(`${url}/control/${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    if (!answer.ok) throw new Error(`${scheme} ${path}: ${answer.status} ${await answer.text()}`)
    return answer
  }
  const tell = async (method: string, path: string, body?: unknown) =>
    void (await (await control(method, path, body)).text())
  return {
    ...{ scheme, url, tlsUrl },
    setProfile: (profile) => tell('PUT', 'profile', profile),
    addFault: (rule) => tell('POST', 'faults', rule),
    clearFaults: () => tell('DELETE', 'faults'),
    async drawByAmount() {
      await tell('PUT', 'magic', { on: false })
      await tell('PUT', 'draws', { by: 'amount' })
    },
    advance: (byMs) => tell('POST', 'clock', { advance_ms: byMs }),
    putPayer: (payer) =>
      tell('POST', 'payers', {
        ...{ ...payer, shown_name: payer.name, per_day: payer.balance },
      }),
    async phone(payer) {
      return (await (await fetch(`${url}/phone/${payer}.json`)).json()) as PhoneView
    },
    async codes(payer, count, lifeMs) {
      const answer = await control('POST', 'codes', { payer, count, life_ms: lifeMs })
      return ((await answer.json()) as { codes: string[] }).codes
    },
    async typePassword(payer, orderNo, action) {
      const answer = await fetch(`${url}/phone/${payer}/password`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ order_no: orderNo, password: '123456', action }),
      })
      await answer.text()
      return answer.status
    },
    books: async <Books>() => (await (await control('GET', 'books')).json()) as Books,
  }
}
