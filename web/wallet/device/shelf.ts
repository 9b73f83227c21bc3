import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import type { Stored } from './box.ts'
import type { Shelf } from './store.ts'

interface Kept extends DBSchema {
  device: { key: 'this'; value: Stored }
}

/**
 * The record of this device in the browser's database. A write is on the disk before it is answered,
 * because a code must never be shown that could come again after a crash.
 */
export function browserShelf(): Shelf {
  let opening: Promise<IDBPDatabase<Kept>> | null = null

  function database(): Promise<IDBPDatabase<Kept>> {
    opening ??= openDB<Kept>('onetill-wallet', 1, {
      upgrade: (fresh) => void fresh.createObjectStore('device'),
      terminated: () => (opening = null),
    })
    return opening
  }

  return {
    async read() {
      return (await (await database()).get('device', 'this')) ?? null
    },
    async replace(read, next) {
      const work = (await database()).transaction('device', 'readwrite', { durability: 'strict' })
      const there = (await work.store.get('this')) ?? null
      const isSame = sameVersion(there, read)
      if (isSame && next) await work.store.put(next, 'this')
      if (isSame && !next) await work.store.delete('this')
      await work.done
      return isSame
    },
  }
}

/** Whether two records are one and the same. */
export function sameVersion(one: Stored | null, other: Stored | null): boolean {
  if (!one || !other) return one === other
  return one.head === other.head && `${one.box}` === `${other.box}`
}
