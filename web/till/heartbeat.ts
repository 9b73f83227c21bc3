import { asProblem } from '../ui/problem.ts'
import { configurationVersion, refreshConfiguration } from './configuration.ts'
import { latestPosition } from './position.ts'
import { api } from './server.ts'
import { say } from './till.ts'

// From package.json, by the build.
declare const APP_VERSION: string

type Beat = { server_time: string; configuration_version: string; interval_seconds: number }

const firstIntervalMs = 30_000
const shortestMs = 5_000
const longestMs = 300_000

/**
 * Tells the server every so often that this till is alive, where it stands and what it runs, and hears
 * whether its configuration is still the right one. Answers how to stop.
 */
export function startHeartbeat(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isOver = false
  let told = ''

  async function beat(): Promise<void> {
    let intervalMs = firstIntervalMs
    try {
      intervalMs = (await sendBeat()).interval_seconds * 1_000
      told = ''
    } catch (thrown) {
      const problem = asProblem(thrown)
      // A till whose signature is not taken cannot work: its cashier hears it once, not every minute.
      if (problem.code.startsWith('SIGNATURE_') && told !== problem.code) {
        told = problem.code
        say({ tone: 'bad', key: 'till.signature_refused', problem })
      }
    }
    const waitMs = Math.min(longestMs, Math.max(shortestMs, intervalMs))
    if (!isOver) timer = setTimeout(() => void beat(), waitMs)
  }

  void beat()
  return () => {
    isOver = true
    clearTimeout(timer)
  }
}

async function sendBeat(): Promise<Beat> {
  const version = configurationVersion()
  const position = latestPosition(Date.now())
  const beat = await api.post<Beat>('/v1/terminals/current/heartbeat', {
    app_version: APP_VERSION,
    ...(version === undefined ? {} : { configuration_version: version }),
    ...(position ? { position } : {}),
  })
  if (beat.configuration_version !== version) void refreshConfiguration()
  return beat
}
