import { useEffect, useRef, useState } from 'react'
import type { Api } from './api.ts'
import { openStream, type StreamState } from './stream.ts'
import type { StreamEvent } from './types.ts'

/**
 * Live events while the component is mounted and `enabled`; answers how the connection stands. The
 * listener may change with every render without a new connection.
 */
export function useStream(
  api: Api,
  onEvent: (event: StreamEvent) => void,
  enabled = true,
): StreamState {
  const [state, setState] = useState<StreamState>('reconnecting')
  const listener = useRef(onEvent)
  useEffect(() => {
    listener.current = onEvent
  })
  useEffect(() => {
    if (!enabled) return
    const stream = openStream({
      api,
      onEvent: (event) => listener.current(event),
      onState: setState,
    })
    return () => stream.close()
  }, [api, enabled])
  return enabled ? state : 'closed'
}
