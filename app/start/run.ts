import { once } from 'node:events'
import { createServer } from 'node:net'

import type { Logger } from 'pino'

import { OperatorError } from '../../modules/database/operator-error.ts'
import { retry } from '../../modules/lib/retry.ts'
import { webRoot, type Config } from '../config.ts'
import { ensureSchema, openDatabase, type OpenDatabase } from './database.ts'
import { openIo, type OpenIo } from '../io.ts'
import { startLoops } from '../loops/loops.ts'
import { startStatistics } from '../loops/statistics.ts'
import type { Demo } from '../routes/demo.ts'
import { buildServer } from '../server.ts'
import { refuseOtherRoot } from './root.ts'
import type { Stops } from './stop.ts'

export type Role = 'api' | 'worker' | 'all'

export type Platform = { database: OpenDatabase; io: OpenIo }

/**
 * Opens what every role needs: the data folder, the keys, the database with its schema, and `io`.
 * What is opened is put on `stops`, also when a later part fails.
 *
 * @throws OperatorError when the person who starts it has something to mend first.
 */
export async function openPlatform(
  config: Config,
  options: {
    log: Logger
    stops: Stops
    role: Role
    mayMigrate: boolean
    /** Called when the data folder is ours, to start something beside the database. */
    beside?: () => void
  },
): Promise<Platform> {
  const { log, stops, mayMigrate, beside } = options
  const server = { info: (text: string) => log.info(text), warn: (text: string) => log.warn(text) }
  const database = await openDatabase(config, {
    log: server,
    async lastCheck() {
      if (options.role !== 'worker') await refuseTakenPort(config)
      beside?.()
    },
  })
  stops.add('PostgreSQL', 5_000, () => database.close(4_500))
  const role = await ensureSchema(database, { mayMigrate })
  if (role === null) {
    log.warn('the program works with all rights of its login; "onetill doctor" says why')
  }
  const io = await openIo({ databaseUrl: database.url, keys: database.keys, log, role })
  stops.add('the connections', 1_000, () => io.close())
  await refuseOtherRoot(io)
  return { database, io }
}

/**
 * Starts what the role says: the loops, and the HTTP server, which listens when this answers.
 *
 * @throws OperatorError when the port is taken meanwhile.
 */
export async function startRole(
  { database, io }: Platform,
  options: { config: Config; role: Role; demo: Demo | null; stops: Stops },
): Promise<void> {
  const { role, stops } = options
  if (role !== 'api') {
    const loops = startLoops(io, { webhooks: senderOptions(options) })
    stops.add('the loops', 1_500, () => loops.stop())
    const statistics = startStatistics(database.url, io.log)
    stops.add('the look at the tables', 500, () => statistics.stop())
  }
  if (role !== 'worker') await listen(io, options)
  // Added last and so done first: who waits for the data folder learns that it will be free.
  stops.add('the data folder', 100, () => Promise.resolve(database.announceClose()))
}

// The demo tells servers on the same machine, unless strangers can reach it too.
const senderOptions = ({ config, demo }: { config: Config; demo: Demo | null }) => {
  const isAtHome = ['127.0.0.1', '::1', 'localhost'].includes(config.host)
  return { allowPrivate: config.webhookAllowPrivate ?? (demo !== null && isAtHome) }
}

async function listen(
  io: OpenIo,
  { config, demo, stops }: { config: Config; demo: Demo | null; stops: Stops },
): Promise<void> {
  const { publicUrl, trustProxy } = config
  const webhooks = senderOptions({ config, demo })
  const server = await buildServer(io, { publicUrl, webRoot, demo, trustProxy, webhooks })
  stops.add('the HTTP server', 2_000, async () => server.close())
  try {
    await server.listen({ port: config.port, host: config.host })
  } catch (error) {
    throw explainListen(error as NodeJS.ErrnoException, config)
  }
}

// A server that was just told to stop, or killed, may keep its port so long.
const PORT_PATIENCE_MS = 1_500

/**
 * Finds out whether the port is free, waiting a moment for one that is being left.
 *
 * @throws OperatorError when it is not, or may not be listened on.
 */
async function refuseTakenPort({ port, host }: Config): Promise<void> {
  const options = { tries: 8, firstWaitMs: 100, longestWaitMs: PORT_PATIENCE_MS / 7 }
  const tryPort = async () => {
    const probe = createServer()
    probe.listen({ port, host, exclusive: true })
    await once(probe, 'listening')
    probe.close()
    await once(probe, 'close')
  }
  const mayPass = (error: unknown) => (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
  await retry(tryPort, { ...options, mayPass }).catch((error: NodeJS.ErrnoException) => {
    throw explainListen(error, { port, host })
  })
}

function explainListen(
  error: NodeJS.ErrnoException,
  { port, host }: Pick<Config, 'port' | 'host'>,
): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new OperatorError(
        `Port ${port} of ${host} is taken by another program; stop that, or start with ` +
          `PORT=${port === 65_535 ? 8080 : port + 1}.`,
      )
    case 'EACCES':
      return new OperatorError(`Port ${port} is for root only; start with a PORT above 1023.`)
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new OperatorError(`This machine has no address ${host}; correct HOST.`)
    default:
      return error
  }
}
