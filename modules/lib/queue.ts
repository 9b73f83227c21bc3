import { assert } from './assert.ts'

/** First in, first out, and never longer than its bound: whoever comes then must be told so. */
export type BoundedQueue<T> = {
  readonly size: number
  /** False when the queue is full; the item is then not taken. */
  offer(item: T): boolean
  /** Removes up to so many items from the front, oldest first. */
  take(most: number): T[]
}

/** Makes an empty queue that holds at most `bound` items. */
export function boundedQueue<T>(bound: number): BoundedQueue<T> {
  assert(Number.isInteger(bound) && bound > 0, 'a queue has room for one item at least')
  let items: T[] = []
  let start = 0 // Taking from the front moves this and not the items.

  return {
    get size() {
      return items.length - start
    },
    offer(item) {
      if (items.length - start >= bound) return false
      items.push(item)
      return true
    },
    take(most) {
      const taken = items.slice(start, start + most)
      start += taken.length
      if (start * 2 >= items.length) {
        items = items.slice(start)
        start = 0
      }
      return taken
    },
  }
}
