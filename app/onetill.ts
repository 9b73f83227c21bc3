import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'

import { Command, Option } from 'commander'

import { OperatorError } from '../modules/database/operator-error.ts'
import type { AuditSaid } from './commands/audit.ts'
import type { RotateSaid } from './commands/rotate-key.ts'
import { terminalCommands } from './commands/terminal.ts'
import { readConfig, type Config } from './config.ts'
import type { Role } from './start/run.ts'

// The one entry: `onetill <command>`. A command is loaded when it is called, so that `--help` and a
// refusal are there at once.

type Said = { port?: string; host?: string; data?: string; role?: Role }

const told = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
const { version } = JSON.parse(told) as { version: string }

const program = new Command('onetill')
  .description('Takes every payment code at one till. Variables: see docs/operations.md.')
  .version(version)
  .helpCommand(false)
  .showHelpAfterError()

const configOf = ({ port, host, data }: Said): Config =>
  readConfig({ PORT: port, HOST: host, DATA_DIR: data })

/** Declares a command that works in a data folder or the database of DATABASE_URL. */
function command(words: string, about: string): Command {
  const data = new Option('--data <folder>', 'the data folder (DATA_DIR, else ./data)')
  return program.command(words).description(about).addOption(data)
}

const withPort = (of: Command) =>
  of
    .option('--port <number>', 'the port to listen on (PORT, else 8080)')
    .option('--host <address>', 'the address to listen on (HOST, else 127.0.0.1)')

withPort(command('demo', 'start everything with a demo shop, and say where to click')).action(
  async (said: Said) => (await import('./commands/demo.ts')).demo(configOf(said)),
)

withPort(command('serve', 'start without a demo shop, for production'))
  .addOption(
    new Option('--role <role>', 'what this process does')
      .choices(['api', 'worker', 'all'])
      .default('all'),
  )
  .action(async (said: Said) =>
    (await import('./commands/serve.ts')).serve(configOf(said), said.role ?? 'all'),
  )

command('migrate', 'bring the database to the schema of this version').action(async (said: Said) =>
  (await import('./commands/migrate.ts')).migrateCommand(configOf(said)),
)

command('seed', 'put the demo shop into the database, once').action(async (said: Said) =>
  (await import('./commands/seed.ts')).seed(configOf(said)),
)

command('audit', 'check that the books are in order; changes nothing')
  .option('--journal <file>', 'also compare with what clients were told, a line of JSON each')
  .option('--json', 'print one line of JSON')
  .action(async (said: Said & AuditSaid) =>
    (await import('./commands/audit.ts')).auditCommand(configOf(said), said),
  )

command('doctor', 'say what is right and what is wrong with this installation').action(
  async (said: Said) => (await import('./commands/doctor.ts')).doctor(configOf(said)),
)

command('backup <file>', 'copy everything, keys included, into one file').action(
  async (file: string, said: Said) =>
    (await import('./commands/backup.ts')).backupCommand(configOf(said), file),
)

command('restore <file>', 'bring a backup into an empty data folder or database').action(
  async (file: string, said: Said) =>
    (await import('./commands/restore.ts')).restoreCommand(configOf(said), file),
)

command('rotate-key', 'seal what lies encrypted under a new key; may be stopped and run again')
  .option('--forget-old', 'take the old key out of the key file, when nothing is under it any more')
  .option('--one-file', 'with DATABASE_URL: all processes read the keys from this very folder')
  .addHelpText('after', '\nThe server may run meanwhile. All of it: docs/keys.md')
  .action(async (said: Said & RotateSaid) =>
    (await import('./commands/rotate-key.ts')).rotateKey(configOf(said), said),
  )

terminalCommands(program)

program
  .command('schema', { hidden: true })
  .description('write db/schema.sql from the migrations')
  .action(async () => (await import('./commands/schema.ts')).schema())

try {
  await program.parseAsync()
} catch (error) {
  // What a person can mend is one sentence; anything else is a mistake of ours and shown in full.
  const shown = error instanceof OperatorError ? error.message : inspect(error)
  process.stderr.write(`${shown}\n`, () => process.exit(1))
}
