import { expect, test } from 'vitest'
import { placeOfArrival } from './arrival.ts'

test.each([
  ['?linked=src_01kaqb2m5vf7esx3d9w8r6t4yz', 'accounts/link/src_01kaqb2m5vf7esx3d9w8r6t4yz'],
  ['?pay=o_demo_01kaqb2m5vf7esx3d9w8r6t4yz', 'pay/o_demo_01kaqb2m5vf7esx3d9w8r6t4yz'],
  ['?pay=../me', null],
  ['?linked=//elsewhere', null],
  ['', null],
])('the address with %j leads to %j', (search, place) => {
  expect(placeOfArrival(search)).toBe(place)
})
