import { useState } from 'react'
import { pinProblem } from '../pay/pin-problem.ts'

export type Act = { isBusy: boolean; problem: string; run: (act: () => Promise<unknown>) => void }

/** Runs one thing at a time and says in words why it did not go; `onDone` when it went. */
export function useAct(onDone: () => void): Act {
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')

  async function start(act: () => Promise<unknown>): Promise<void> {
    setBusy(true)
    setProblem('')
    try {
      await act()
      setBusy(false)
      onDone()
    } catch (thrown) {
      setProblem(pinProblem(thrown))
      setBusy(false)
    }
  }

  return { isBusy, problem, run: (act) => void start(act) }
}
