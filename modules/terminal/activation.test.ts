import { expect, test } from 'vitest'

import { hashActivation, newActivationCode, readActivationCode } from './activation.ts'

const pepper = new Uint8Array(32).fill(7)

test('an activation code shows eight clear signs and its institution', () => {
  const codes = Array.from({ length: 1_000 }, () => newActivationCode('ins_demo'))
  for (const code of codes) {
    expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-demo$/)
    expect(readActivationCode(code)?.institutionId).toBe('ins_demo')
  }
  expect(new Set(codes).size).toBe(1_000)
})

const typings: [typed: string, secret: string | null][] = [
  ['7K3M-Q0XZ-demo', '7K3MQ0XZ'],
  ['7k3m-q0xz-DEMO', '7K3MQ0XZ'],
  ['7k3mq0xzdemo', '7K3MQ0XZ'],
  [' 7K3M Q0XZ demo ', '7K3MQ0XZ'],
  ['7k3m-qoxz-demo', '7K3MQ0XZ'],
  ['IL3M-Q0XZ-demo', '113MQ0XZ'],
  ['7K3M-Q0XZ', null],
  ['7K3M-Q0XU-demo', null],
  ['7K3M-Q0XZ-demo!', null],
  ['7K3M-Q0XZ-aslugthatistoolong', null],
  ['', null],
]
test.each(typings)('what is typed as %j is read as %s', (typed, secret) => {
  expect(readActivationCode(typed)).toEqual(
    secret === null ? null : { institutionId: 'ins_demo', secret },
  )
})

test('the stored hash differs by institution and by pepper', () => {
  const typed = { institutionId: 'ins_demo', secret: '7K3MQ0XZ' }
  const hash = hashActivation(pepper, typed)
  expect(hash).toEqual(hashActivation(pepper, typed))
  expect(hash).not.toEqual(hashActivation(pepper, { ...typed, institutionId: 'ins_other' }))
  expect(hash).not.toEqual(hashActivation(new Uint8Array(32).fill(8), typed))
})
