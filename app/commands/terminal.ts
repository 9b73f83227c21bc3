import { resolve } from 'node:path'

import { InvalidArgumentError, Option, type Command } from 'commander'

import { localeOf } from '../config.ts'

type ActivateSaid = { server: string; code: string; folder: string; replace?: boolean }
type RunSaid = {
  folder: string
  scanner: string[]
  till: string[]
  currency: string
  position?: { latitude: number; longitude: number; accuracy_m: number }
  scanSeconds: number
}

/**
 * Declares `onetill terminal`: a Linux box with a scanner, which takes payments for an ordinary cash
 * register. See docs/terminal.md. Source: P13, P20.
 */
export function terminalCommands(program: Command): void {
  const terminal = program
    .command('terminal')
    .description('be a headless terminal: a scanner and a cash register, without a screen')
  const folder = new Option('--folder <folder>', 'where the terminal keeps its key').default(
    './terminal',
  )

  terminal
    .command('activate')
    .description('make a device key, and become the terminal of an activation code')
    .requiredOption('--server <url>', 'the server, like https://pay.example.com')
    .requiredOption('--code <code>', 'the one-time code of the console, or the text of its QR code')
    .option('--replace', 'activate a folder again that is a terminal already')
    .addOption(folder)
    .action(activate)

  terminal
    .command('run')
    .description('take payments until Ctrl-C')
    .option('--scanner <place>', 'stdin, hid:/dev/input/eventN or serial:/dev/ttyUSB0', collect, [])
    .option('--till <place>', 'http:8090, http:192.168.1.5:8090 or serial:/dev/ttyS0', collect, [])
    .option('--currency <code>', 'what a serial line means by an amount', 'CNY')
    .option('--position <lat,lon,m>', 'where this box stands, and how exactly', readPlace)
    .option('--scan-seconds <n>', 'how long a charge waits for its scan', readSeconds, 120)
    .addOption(folder)
    .action(run)
}

async function activate({ server, code, folder, replace }: ActivateSaid): Promise<void> {
  const { activateBox } = await import('../terminal/activate.ts')
  const { print } = await import('../start/print.ts')
  const wish = { server, code, folder: resolve(folder), mayReplace: replace === true }
  const box = await activateBox(wish)
  print(`${box.merchant.name} · ${box.store.name} · ${box.terminal.name} (${box.terminal.id})`)
  print(`The device key is in ${wish.folder}. It was never anywhere else; do not copy it.`)
  print('For the cash register, shown this once:')
  print(`pairing key: ${box.pairing_key}`)
}

async function run(said: RunSaid): Promise<void> {
  const [{ runBox }, { runUntilStopped }, { pino }] = await Promise.all([
    import('../terminal/run.ts'),
    import('../start/stop.ts'),
    import('pino'),
  ])
  const log = pino({ level: 'warn', base: null })
  await runUntilStopped(log, (stops) =>
    runBox(
      {
        folder: resolve(said.folder),
        scanners: said.scanner.length > 0 ? said.scanner : ['stdin'],
        tills: said.till,
        currency: said.currency,
        place: said.position ?? null,
        scanSeconds: said.scanSeconds,
        lang: localeOf(),
      },
      stops,
    ),
  )
}

const collect = (place: string, before: string[]): string[] => [...before, place]

function readSeconds(text: string): number {
  const seconds = Number(text)
  if (Number.isInteger(seconds) && seconds >= 5 && seconds <= 3_600) return seconds
  throw new InvalidArgumentError('say a whole number from 5 to 3600.')
}

function readPlace(text: string): NonNullable<RunSaid['position']> {
  const [latitude = NaN, longitude = NaN, metres = 50] = text.split(',').map(Number)
  const isPlace = Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 && metres > 0
  if (isPlace) return { latitude, longitude, accuracy_m: Math.round(metres) }
  throw new InvalidArgumentError('say latitude, longitude and metres: 31.2304,121.4737,50')
}
