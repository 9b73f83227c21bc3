import { useSyncExternalStore } from 'react'

export type Store<T> = {
  get: () => T
  set: (change: Partial<T>) => void
  subscribe: (listener: () => void) => () => void
}

/** A value outside React that screens can watch. Every change makes a new object. */
export function makeStore<T extends object>(first: T): Store<T> {
  let value = first
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    set(change) {
      value = { ...value, ...change }
      for (const listener of listeners) listener()
    },
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

/** What `read` finds in the store; renders again when that changes. `read` must not make objects. */
export function useStore<T extends object, V>(store: Store<T>, read: (value: T) => V): V {
  return useSyncExternalStore(store.subscribe, () => read(store.get()))
}
