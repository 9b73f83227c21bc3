import { expect, test } from 'vitest'

import type { ErrorCode, ErrorSpec } from './errors.ts'
import { AppError, declineReasons, errors, isErrorCode } from './errors.ts'

const list = Object.entries(errors) as [ErrorCode, ErrorSpec][]

test('every refusal says in whole sentences what is wrong and what to do', () => {
  for (const [code, { title, message }] of list) {
    expect(code).toMatch(/^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/)
    expect(title, code).toMatch(/^[A-Z].*[^.]$/)
    expect(message, code).toMatch(/^[A-Z].*\.$/)
    expect(message.length, code).toBeLessThanOrEqual(90)
  }
})

test('a refusal never asks to retry and to correct the request at once', () => {
  const muddled = list.filter(
    ([, { retry, nextAction }]) => retry !== 'never' && nextAction === 'fix_request',
  )
  expect(muddled).toEqual([])
})

test('what may be sent again unchanged is what the caller did nothing wrong about', () => {
  const again = list.filter(([, { retry }]) => retry === 'same_key')
  for (const [code, { status }] of again) expect([409, 429, 500, 503], code).toContain(status)
})

test('an error carries its code, its detail and its cause, and says its message', () => {
  const cause = new Error('23505')
  const error = new AppError('LOGIN_TAKEN', { param: 'login' }, { cause })
  expect(error.message).toBe(errors.LOGIN_TAKEN.message)
  expect(error).toMatchObject({ code: 'LOGIN_TAKEN', detail: { param: 'login' }, cause })
})

test('only a code of the list is a code', () => {
  expect(['CODE_USED', 'code_used', 'toString', ''].filter(isErrorCode)).toEqual(['CODE_USED'])
})

test('every decline reason has its words in both languages', () => {
  for (const [reason, { en, zh }] of Object.entries(declineReasons)) {
    expect(en, reason).toMatch(/^[A-Z]/)
    expect(zh, reason).toMatch(/^\p{Script=Han}+$/u)
  }
})
