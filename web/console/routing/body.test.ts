import { expect, test } from 'vitest'
import { fundersOf, ruleBody } from './body.ts'

const zone = 'Asia/Shanghai'

test('a promotion is sent in minor units, without what was left empty', () => {
  const body = ruleBody(
    {
      ...{ kind: 'promotion', name: ' 满 50 减 3 ', name_en: '', offer: 'amount_off' },
      promotion: {
        ...{ amount_off: '3', minimum: '50.00', budget: '', percent_bps: 10, funded_by: 100 },
        on: { schemes: ['wechat'], channels: [] },
        when: { weekdays: [6, 7], hours: [{ from: '18:00', until: '' }], areas: [{}] },
      },
    },
    zone,
  )
  expect(body).toEqual({
    ...{ kind: 'promotion', name: '满 50 减 3' },
    promotion: {
      ...{ amount_off: 300, minimum: 5_000, funded_by: [{ by: 'institution', bps: 10_000 }] },
      ...{ on: { schemes: ['wechat'] }, when: { weekdays: [6, 7] } },
    },
  })
})

test('a percentage has a cap, and its times are those of the institution', () => {
  const typed = {
    ...{ kind: 'promotion' as const, name: '九折', offer: 'percent_bps' as const },
    ...{ valid_from: '2026-11-24T00:00', valid_until: '2026-11-25T00:00' },
    promotion: { amount_off: '3', percent_bps: 12.5, cap: '5', funded_by: 60 },
  }
  expect(ruleBody(typed, zone)).toEqual({
    ...{ kind: 'promotion', name: '九折' },
    ...{ valid_from: '2026-11-23T16:00:00.000Z', valid_until: '2026-11-24T16:00:00.000Z' },
    promotion: { percent_bps: 1_250, cap: 500, funded_by: fundersOf(60) },
  })
  expect(fundersOf(60)).toEqual([
    { by: 'institution', bps: 6_000 },
    { by: 'merchant', bps: 4_000 },
  ])
})

test('the other kinds say what they are about and nothing else', () => {
  const quota = { scheme: 'wechat', source_kind: 'card', per_day: '1000' }
  expect(ruleBody({ kind: 'quota', name: '日限', of: 'scheme', quota }, zone)['quota']).toEqual({
    ...{ scheme: 'wechat', per_day: 100_000 },
  })
  const area = { latitude: 31.23, longitude: 121.47, radius_m: 500 }
  const environment = {
    ...{ effect: 'exclude' as const, weight: 7, on: { channels: ['alipay'] } },
    when: { areas: [area] },
  }
  expect(ruleBody({ kind: 'environment', name: '商圈', environment }, zone)['environment']).toEqual(
    {
      ...{ effect: 'exclude', on: { channels: ['alipay'] }, when: { areas: [area] } },
    },
  )
  const preference = { order: ['wechat', 'alipay'] }
  expect(ruleBody({ kind: 'preference', name: '顺序', preference }, zone)['preference']).toEqual(
    preference,
  )
})
