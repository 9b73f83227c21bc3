import { useEffect } from 'react'

/**
 * Keeps the screen on while the component is shown, where the browser can. The system takes the
 * lock away whenever the page is hidden, so it is asked for again when the page is back.
 */
export function useWakeLock(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | null = null
    let isGone = false
    async function hold(): Promise<void> {
      if (!('wakeLock' in navigator) || document.visibilityState !== 'visible') return
      try {
        const next = await navigator.wakeLock.request('screen')
        if (isGone) await next.release()
        else lock = next
      } catch {
        // Refused, as on low battery: the screen then goes dark when the phone says so.
      }
    }
    const onVisibility = (): void => void hold()
    document.addEventListener('visibilitychange', onVisibility)
    void hold()
    return () => {
      isGone = true
      document.removeEventListener('visibilitychange', onVisibility)
      void lock?.release()
    }
  }, [])
}
