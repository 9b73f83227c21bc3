import { createHash } from 'node:crypto'
import { createReadStream, lstatSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { Readable, pipeline as connect } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'

import { OperatorError } from './operator-error.ts'

/** A line of a backup: its header first, then a table's name, then that table's rows. */
export type Line = BackupHeader | { table: string } | (string | null)[]

export type BackupTable = { name: string; columns: string[]; types: string[]; rows: number }

/** What is in a backup, and what the database must look like to take it. */
export type BackupHeader = {
  format: typeof FORMAT
  madeAt: string
  schemaVersion: number
  migrations: { name: string; sha256: string }[]
  tables: BackupTable[]
  /** Pepper and master key: without them no code, token or device of the backup is of any use. */
  key: string
}

export const FORMAT = 'onetill-backup-1'

/**
 * Writes a file of mode 600: gzip over lines of JSON, the last of them the SHA-256 of all before.
 * It appears under its name only when it is whole and on the disk.
 *
 * @throws OperatorError when there is such a file already, or none can be written there.
 */
export async function writeBackup(file: string, lines: AsyncIterable<Line>): Promise<void> {
  if (lstatSync(file, { throwIfNoEntry: false })) {
    throw new OperatorError(`There is a file ${file} already; name another one.`)
  }
  const partial = `${file}.partial`
  const place = await makeAnew(partial).catch((cause: NodeJS.ErrnoException) => {
    throw new OperatorError(`${file} cannot be written (${cause.code}); name another place.`, {
      cause,
    })
  })
  try {
    await pipeline(
      Readable.from(sealed(lines)),
      createGzip(),
      place.createWriteStream({ flush: true }),
    )
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}

async function makeAnew(file: string) {
  await rm(file, { force: true })
  return open(file, 'wx', 0o600)
}

async function* sealed(lines: AsyncIterable<Line>): AsyncGenerator<string> {
  const hash = createHash('sha256')
  for await (const line of lines) {
    const text = `${JSON.stringify(line)}\n`
    hash.update(text)
    yield text
  }
  yield `${JSON.stringify({ sha256: hash.digest('hex') })}\n`
}

/**
 * Reads a backup from end to end and answers its header.
 *
 * @throws OperatorError when it is no backup, or not a byte for byte whole one.
 */
export async function checkBackup(file: string): Promise<BackupHeader> {
  let header: BackupHeader | undefined
  for await (const line of readBackup(file)) {
    header ??= line as BackupHeader
  }
  if (header?.format === FORMAT) return header
  throw new OperatorError(`${file} is no backup that this OneTill can read; name another file.`)
}

/**
 * Gives the lines of a backup, header first, holding only a few in memory. The hash is known at
 * the end only, so what must be sure of it calls `checkBackup` before.
 *
 * @throws OperatorError when the file is damaged or cannot be read, at the place where that shows.
 */
export async function* readBackup(file: string): AsyncGenerator<Line> {
  if (!lstatSync(file, { throwIfNoEntry: false })) {
    throw new OperatorError(`There is no file ${file}; name a backup.`)
  }
  const hash = createHash('sha256')
  let held: string | undefined
  try {
    for await (const text of textLines(file)) {
      if (held !== undefined) {
        hash.update(`${held}\n`)
        yield JSON.parse(held) as Line
      }
      held = text
    }
  } catch (cause) {
    throw new OperatorError(`${file} cannot be read to its end; use another backup.`, { cause })
  }
  const seal = JSON.stringify({ sha256: hash.digest('hex') })
  if (held !== seal) throw new OperatorError(`${file} is damaged; use another backup.`)
}

async function* textLines(file: string): AsyncGenerator<string> {
  const bytes = createGunzip()
  // Its error, of either stream, comes out of the loop below.
  connect(createReadStream(file), bytes, () => undefined)
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of bytes) {
    const parts = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
  if (rest !== '') throw new Error('the last line is cut off')
}
