import { expect, test } from 'vitest'
import type { PaymentView, TimelineEntry } from '../../ui/types.ts'
import { stepsOf } from './steps.ts'

const at = '2026-11-23T05:00:00.000Z'
const change = (entry: Partial<TimelineEntry>): TimelineEntry => ({
  at,
  from: null,
  to: 'succeeded',
  actor: 'terminal',
  detail: null,
  ...entry,
})
const payment = (timeline: TimelineEntry[]): PaymentView =>
  ({
    payment_code: '80…42',
    terminal_name: '1 号收银台',
    scheme: 'onetill',
    kind: 'purchase',
    road: 'book',
    created_at: at,
    timeline,
  }) as PaymentView
const names = (timeline: TimelineEntry[]): string[] =>
  stepsOf(payment(timeline)).map(({ name }) => name)

test('a payment that succeeds at once shows scan, parse, route, verify and debit', () => {
  expect(names([change({})])).toEqual(['scan', 'parse', 'route', 'verify', 'debit'])
})

test('a payment above the no-PIN limit waits, is confirmed, and is then debited', () => {
  const timeline = [
    change({ to: 'processing', detail: 'payer_confirms' }),
    change({ from: 'processing', actor: 'payer' }),
  ]
  const reading = ['scan', 'parse', 'route']
  expect(names(timeline)).toEqual([...reading, 'wait', 'confirm', 'verify', 'debit'])
})

test('a failure is shown at the step where it happened', () => {
  const failedBy = (detail: string): string | undefined =>
    names([change({ to: 'failed', detail })]).at(-1)
  expect(failedBy('insufficient_funds')).toBe('verify')
  expect(failedBy('payer_declined')).toBe('decline')
  expect(failedBy('confirmation_expired')).toBe('expire')
})

test('steps that the server names are shown as they came', () => {
  const timeline = [
    change({ to: 'processing', step: 'scan' }),
    change({ from: 'processing', step: 'notice' }),
  ]
  expect(names(timeline)).toEqual(['scan', 'notice'])
})

test('a payment by a channel tells what was asked and what the channel said', () => {
  const at = '2026-11-23T08:00:00.000Z'
  const entry = { at, from: 'processing', actor: 'channel', detail: null }
  const paid = {
    ...{
      payment_code: '13…21',
      scheme: 'wechat',
      kind: 'purchase',
      road: 'wechat',
      created_at: at,
    },
    ...{ terminal_name: '1 号', transfers: [{}, {}] },
    timeline: [
      { ...entry, from: null, to: 'processing', actor: 'terminal', detail: 'query' },
      { ...entry, to: 'processing', detail: 'payer_confirms' },
      { ...entry, to: 'succeeded' },
    ],
  } as unknown as PaymentView
  expect(stepsOf(paid).map(({ name, detail }) => [name, detail])).toEqual([
    ['scan', '13…21'],
    ['parse', ['scheme.wechat', 'kind.purchase']],
    ['route', ['scheme.wechat']],
    ['charge', null],
    ['wait', 'payer_confirms'],
    ['answer', { parts: 2 }],
  ])
})
