import { useLayoutEffect, useRef } from 'react'
import { isEditable } from './scanner-dom.ts'
import { till } from './till.ts'

export type KeyMap = Readonly<Record<string, (event: KeyboardEvent) => void>>

const singleKeys = new Set(['+', '-', '*', '?', '/', 'p', 'P'])
// These are a field's own while a person types in it.
const fieldKeys = /^(?:.|Enter|Delete|Backspace|Home|End|Arrow\w+|Ctrl\+[azxcv])$/i

/**
 * The shortcuts of a screen while it is mounted and `enabled`. A scanner's keys never come here. In
 * a field only function keys, Escape and Ctrl keys count; a focused button keeps its own Enter.
 * Source: reference/ux.md §3.1.3.
 */
export function useKeys(map: KeyMap, enabled = true): void {
  const current = useRef(map)
  // With the screen and not after it: a key that comes in between would find nobody.
  useLayoutEffect(() => {
    current.current = map
  })
  useLayoutEffect(() => {
    if (!enabled) return
    const onKeydown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return
      const action = mayAct(event) ? current.current[keyName(event)] : undefined
      if (!action) return
      event.preventDefault()
      action(event)
    }
    addEventListener('keydown', onKeydown)
    return () => removeEventListener('keydown', onKeydown)
  }, [enabled])
}

/** `F9`, `Ctrl+Delete`, `+`: as the maps write it. Shift counts only with named keys. */
export function keyName({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): string {
  const parts = [ctrlKey || metaKey ? 'Ctrl+' : '', altKey ? 'Alt+' : '']
  if (shiftKey && key.length > 1) parts.push('Shift+')
  return (
    parts.join('') + (ctrlKey || metaKey ? key.replace(/^[A-Z]$/, (k) => k.toLowerCase()) : key)
  )
}

function mayAct(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : null
  const name = keyName(event)
  if (singleKeys.has(name) && !till.get().options.singleKeys) return false
  if (isEditable(target)) return !fieldKeys.test(name)
  const isPressable = target?.closest('button, a[href], [role="button"], select') != null
  return !(isPressable && (name === 'Enter' || name === ' '))
}
