import { expect, test } from 'vitest'
import { keyNames, keysOf, pemBlocks, readTerms, settingsOf, termsOf } from './terms.ts'

const pem = (name: string): string => `-----BEGIN ${name}-----\nAAAA\n-----END ${name}-----`

test('what was left empty is left out, and the rest is nested as the API names it', () => {
  const typed = {
    settings: { baseUrl: ' https://pay.example ', appId: 'wx1', subMchId: '  ', version: 'v2' },
    keys: { v2: { apiKey: 'secret', certificate: { certificatePem: pem('CERTIFICATE') } } },
  }
  expect(readTerms(settingsOf('wechat'), typed)).toEqual({
    settings: { baseUrl: 'https://pay.example', appId: 'wx1', version: 'v2' },
  })
  expect(readTerms(keysOf('wechat', 'v2'), typed)).toEqual({
    keys: { v2: { apiKey: 'secret', certificate: { certificatePem: pem('CERTIFICATE') } } },
  })
  expect(readTerms(keysOf('wechat', 'v3'), typed)).toEqual({})
})

test('several keys are told apart by their PEM lines, and keys with names keep them', () => {
  const both = `${pem('PUBLIC KEY')}\n\n${pem('PUBLIC KEY')}`
  expect(pemBlocks(both)).toEqual([pem('PUBLIC KEY'), pem('PUBLIC KEY')])
  expect(pemBlocks('MIIBIjANBg')).toEqual(['MIIBIjANBg'])
  const platformKeys = [{ name: 'PUB_KEY_ID_1', pem: pem('PUBLIC KEY') }, { name: '' }]
  expect(readTerms(keysOf('wechat', 'v3'), { keys: { v3: { platformKeys } } })).toEqual({
    keys: { v3: { platformKeys: { PUB_KEY_ID_1: pem('PUBLIC KEY') } } },
  })
})

test('keys are replaced under the names by which the API keeps them', () => {
  expect(keyNames('wechat')).toEqual(['v2', 'v3', 'appSecret'])
  expect(keyNames('alipay')).toEqual(['privateKey', 'alipayPublicKeys'])
  expect(
    Object.values(termsOf)
      .flat()
      .every(({ at }) => /^(settings|keys)\./.test(at)),
  ).toBe(true)
})
