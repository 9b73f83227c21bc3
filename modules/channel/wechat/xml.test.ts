import { expect, test } from 'vitest'

import { readXml, writeXml } from './xml.ts'

test('fields come back as they were written', () => {
  const fields = { body: ' 红糖 & 姜茶 <1> ', detail: '{"a":"]]>"}', total_fee: '0100', attach: '' }
  expect(readXml(writeXml(fields))).toEqual(fields)
})

test('values are CDATA', () => {
  expect(writeXml({ a: '1', b: '<2>' })).toBe(
    '<xml><a><![CDATA[1]]></a><b><![CDATA[<2>]]></b></xml>',
  )
})

test('numbers stay the text that was signed', () => {
  const text = '<xml>\n  <total_fee>0100</total_fee>\n<id>4200000000202601010000000001</id></xml>'
  expect(readXml(text)).toEqual({ total_fee: '0100', id: '4200000000202601010000000001' })
})

test('entities that XML itself has are read', () => {
  expect(readXml('<xml><a>x&amp;y&lt;&#20013;&#x4e2d;</a></xml>')).toEqual({ a: 'x&y<中中' })
})

test('the root of what is hidden has another name', () => {
  expect(readXml('<root><a>1</a></root>', 'root')).toEqual({ a: '1' })
  expect(readXml('<root><a>1</a></root>')).toBeUndefined()
})

test.each([
  [
    'an entity from a file',
    '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><a>&f;</a></xml>',
  ],
  ['a document type', '<!doctype xml><xml><a>1</a></xml>'],
  ['what was cut off', '<xml><a>1</a><b>'],
  ['a page', '<html><body>502</body></html>'],
  ['nothing', ''],
  ['a word', 'SUCCESS'],
  ['no fields', '<xml></xml>'],
  ['a field by the name of what all objects have', '<xml><__proto__>1</__proto__></xml>'],
  ['a field that comes twice', '<xml><a>1</a><a>2</a></xml>'],
  ['fields inside a field', '<xml><a><b>1</b></a></xml>'],
])('%s is not read', (_what, text) => {
  expect(readXml(text)).toBeUndefined()
})
