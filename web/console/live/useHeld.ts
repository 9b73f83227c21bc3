import { useEffect, useState, type RefObject } from 'react'

export type Held = {
  isHeld: boolean
  /** Why, for the line that says so. */
  because: 'paused' | 'hover' | null
  setPaused: (paused: boolean) => void
}

/**
 * Whether the live list holds still: the reader said so, has the mouse on it, has opened a payment,
 * has selected text, has a row in focus, or has scrolled down.
 */
export function useHeld(
  frame: RefObject<HTMLElement | null>,
  top: RefObject<HTMLElement | null>,
  isOpen: boolean,
): Held {
  const [isPaused, setPaused] = useState(false)
  const [isHovered, setHovered] = useState(false)
  const [isFocused, setFocused] = useState(false)
  const [isSelecting, setSelecting] = useState(false)
  const [isAtTop, setAtTop] = useState(true)

  useEffect(() => {
    const element = frame.current
    if (!element) return
    // A finger that touches the list does not hover; only a mouse rests on it.
    const enter = (event: PointerEvent): void => setHovered(event.pointerType === 'mouse')
    const leave = (): void => setHovered(false)
    const focus = (): void => setFocused(element.matches(':has(tr:focus-visible)'))
    const select = (): void => {
      const selection = getSelection()
      const isInside = selection?.anchorNode && element.contains(selection.anchorNode)
      setSelecting(!!isInside && selection.toString() !== '')
    }
    element.addEventListener('pointerenter', enter)
    element.addEventListener('pointerleave', leave)
    element.addEventListener('focusin', focus)
    element.addEventListener('focusout', focus)
    document.addEventListener('selectionchange', select)
    return () => {
      element.removeEventListener('pointerenter', enter)
      element.removeEventListener('pointerleave', leave)
      element.removeEventListener('focusin', focus)
      element.removeEventListener('focusout', focus)
      document.removeEventListener('selectionchange', select)
    }
  }, [frame])

  useEffect(() => {
    const element = top.current
    if (!element) return
    const watcher = new IntersectionObserver(([entry]) => setAtTop(entry?.isIntersecting ?? true))
    watcher.observe(element)
    return () => watcher.disconnect()
  }, [top])

  const isLooking = isHovered || isFocused || isSelecting
  return {
    isHeld: isPaused || isLooking || isOpen || !isAtTop,
    because: isPaused ? 'paused' : isHovered ? 'hover' : null,
    setPaused,
  }
}
