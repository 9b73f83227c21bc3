import { expect, test } from 'vitest'
import { parseSearch, stringifySearch } from './filters.ts'

test('filters go into the address as plain text and come back the same', () => {
  const filters = { state: 'failed', order_no: '000123', from: '2026-11-01' }
  const search = stringifySearch(filters)
  expect(search).toBe('?state=failed&order_no=000123&from=2026-11-01')
  expect(parseSearch(search)).toEqual(filters)
})

test('what is empty is left out of the address', () => {
  expect(stringifySearch({ state: '', store: undefined, kind: null })).toBe('')
  expect(parseSearch('?state=&kind=top_up')).toEqual({ kind: 'top_up' })
})
