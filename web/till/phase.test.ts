import { expect, test } from 'vitest'
import type { PaymentView } from '../ui/types.ts'
import type { Attempt } from './attempt.ts'
import { en } from './locales/en.ts'
import { zhCN } from './locales/zh-CN.ts'
import { mayReverse, phaseLooks, phaseOf, type Phase } from './phase.ts'

const attempt = (part: Partial<Attempt>, payment?: Partial<PaymentView>): Attempt =>
  ({
    ...{ phase: 'processing', wantsReverse: false, way: 'code' },
    payment: payment ? ({ state: 'processing', ...payment } as PaymentView) : null,
    ...part,
  }) as Attempt

const soon = '2026-11-23T08:00:00.000Z'

test.each<[string, Attempt, Phase]>([
  ['not answered yet', attempt({ phase: 'submitting' }), 'submitting'],
  ['asked and not answered', attempt({ phase: 'unknown' }), 'unknown'],
  ['at work', attempt({}, { next_action: null }), 'processing'],
  [
    'waiting for our own payer',
    attempt({}, { next_action: 'payer_confirms', confirm_expires_at: soon }),
    'pin',
  ],
  [
    'waiting for a password at the scheme',
    attempt({}, { next_action: 'payer_confirms', confirm_expires_at: null }),
    'password',
  ],
  ['shown to be scanned', attempt({ way: 'qr' }, { next_action: 'payer_scans' }), 'scans'],
  ['asked of its channel', attempt({}, { next_action: 'query' }), 'query'],
  ['taken back by the server', attempt({}, { next_action: 'reverse' }), 'reversing'],
  [
    'taken back by the cashier',
    attempt({ wantsReverse: true }, { next_action: 'query' }),
    'reversing',
  ],
])('a payment that is %s shows it', (_, given, phase) => {
  expect(phaseOf(given)).toBe(phase)
})

test('every phase says what it is and what to do in both languages, and never to scan once more', () => {
  for (const phase of Object.keys(phaseLooks) as Phase[]) {
    for (const words of [zhCN, en] as Record<string, string>[]) {
      expect(words[`waiting.${phase}`], phase).toBeTruthy()
      expect(words[`waiting.${phase}_who`], phase).toBeTruthy()
    }
    if (phase === 'scans') continue
    expect((en as Record<string, string>)[`waiting.${phase}_who`]).toContain('not scan again')
    expect((zhCN as Record<string, string>)[`waiting.${phase}_who`]).toContain('不要再次扫码')
  }
})

test('one that is being taken back is not taken back twice', () => {
  expect(mayReverse('reversing')).toBe(false)
  expect(mayReverse('query')).toBe(true)
})
