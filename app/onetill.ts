import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'

import { Command, Option } from 'commander'

import { OperatorError } from '../modules/database/operator-error.ts'
import type { AuditSaid } from './commands/audit.ts'
import type { InstitutionSaid } from './commands/institution.ts'
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
function command(words: string, about: string, of = program): Command {
  const data = new Option('--data <folder>', 'the data folder (DATA_DIR, else ./data)')
  return of.command(words).description(about).addOption(data)
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

const institution = program
  .command('institution')
  .description('open an institution with its first operator, or list those that are open')
  .helpCommand(false)

command('add', 'open an institution, and let its first operator sign in', institution)
  .requiredOption('--id <id>', 'ins_ and 1 to 16 small letters or digits; it stays for ever')
  .requiredOption('--name <text>', 'what people read')
  .option('--name-en <text>', 'the same in English (else as --name)')
  .requiredOption('--currency <code>', 'the one that its books are kept in, like CNY')
  .requiredOption('--time-zone <name>', 'where its days begin, like Asia/Shanghai')
  .requiredOption('--code-prefix <digits>', 'what its payment codes begin with: 80, 82, …')
  .requiredOption('--operator <login>', 'how the first operator signs in, like boss')
  .option('--operator-name <text>', 'who that is (else the login)')
  .option('--generate-password', 'make a password and print it once')
  .addHelpText('after', '\nThe password is asked for, or is the first line of the standard input.')
  .addHelpText('after', 'The server may run meanwhile; it knows the institution within 2 s.')
  .action(async (said: Said & InstitutionSaid) =>
    (await import('./commands/institution.ts')).addInstitution(configOf(said), said),
  )

command('list', 'say which institutions there are', institution).action(async (said: Said) =>
  (await import('./commands/institution.ts')).listInstitutions(configOf(said)),
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
