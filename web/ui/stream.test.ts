import { expect, test } from 'vitest'
import { cutBlocks, parseBlock } from './stream.ts'

const event = { id: 'evt_1', type: 'payment.succeeded', created_at: '', data: {} }
const block = `id: evt_1\nevent: payment.succeeded\ndata: ${JSON.stringify(event)}`

test('a stream is cut at its blank lines, and what is not complete waits for the rest', () => {
  expect(cutBlocks(`: ping\n\n${block}\n\nid: ev`)).toEqual({
    blocks: [': ping', block],
    tail: 'id: ev',
  })
})

test('line ends of either kind end a line', () => {
  expect(cutBlocks('a: 1\r\nb: 2\r\n\r\nc').blocks).toEqual(['a: 1\nb: 2'])
})

test('a block with an event is the event, and a comment is none', () => {
  expect(parseBlock(block)).toEqual(event)
  expect(parseBlock(': ping')).toBeNull()
})
