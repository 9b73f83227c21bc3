import { expect, test } from 'vitest'
import { maskLogin } from './mask.ts'

test.each([
  ['13800138000', '138****8000'],
  ['zhangwei', 'z***i'],
  ['lina.2', 'l***2'],
  ['ab', 'a***'],
  ['1380013800', '1***0'],
])('the login %s is shown as %s', (login, shown) => {
  expect(maskLogin(login)).toBe(shown)
})
