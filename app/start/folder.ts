import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { rmSync, statfsSync, writeFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { OperatorError } from '../../modules/database/operator-error.ts'
import { sleep } from '../../modules/lib/retry.ts'

/** What the files of a data folder look like. A change of them gets the next number. */
const FOLDER_VERSION = 1

const MEBIBYTE = 1024 * 1024

/** Who works in a data folder now. */
export type Running = {
  pid: number
  startedAt: string
  databaseUrl: string | null
  isClosing: boolean
}

/** The right to be the only one in a data folder. The kernel ends it with the process. */
export type FolderLock = {
  /** Tells those who come later where the database is, or that we are on our way out. */
  tell(news: Pick<Running, 'databaseUrl' | 'isClosing'>): void
  release(): void
}

/**
 * Makes the data folder if need be and finds out whether it can be worked in: there is room, it can
 * be written, and no newer OneTill has changed it.
 *
 * @throws OperatorError that says what to do.
 */
export function prepareFolder(folder: string): void {
  try {
    makeFolder(folder)
    tryWriting(folder)
  } catch (cause) {
    throw new OperatorError(sentenceFor(cause as NodeJS.ErrnoException, folder), { cause })
  }
  const { bavail, bsize } = statfsSync(folder)
  const needed = existsSync(join(folder, 'postgres')) ? 64 * MEBIBYTE : 128 * MEBIBYTE
  if (bavail * bsize < needed) throw new OperatorError(fullSentence(folder))
  refuseNewerFolder(folder)
}

/**
 * Makes the folder and those above it, readable by this user only. Not by `recursive`: where a folder
 * that is there answers ENOENT, as /proc does, that asks again for ever, and no signal is heard.
 *
 * @throws what the system says: ENOENT, ENOTDIR, EACCES and so on.
 */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    // Another process was faster; whether it is a folder shows when it is written to.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

function tryWriting(folder: string): void {
  const file = join(folder, `.try-${process.pid}`)
  const place = openSync(file, 'w', 0o600)
  try {
    writeSync(place, Buffer.alloc(64 * 1024))
    fsyncSync(place)
  } finally {
    closeSync(place)
    rmSync(file, { force: true })
  }
}

const fullSentence = (folder: string) =>
  `The disk of the data folder ${folder} is full; free 128 MB, or set DATA_DIR to another folder.`

function sentenceFor(error: NodeJS.ErrnoException, folder: string): string {
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') return fullSentence(folder)
  if (error.code === 'ENOTDIR' || error.code === 'EEXIST') {
    return `The data folder ${folder} is not a folder; set DATA_DIR to another place.`
  }
  if (error.code === 'ENOENT') {
    return `The data folder ${folder} cannot be made there; set DATA_DIR to another folder.`
  }
  return (
    `The data folder ${folder} cannot be written (${error.code}); give this user the right to ` +
    'write there, or set DATA_DIR to another folder.'
  )
}

function refuseNewerFolder(folder: string): void {
  const file = join(folder, 'version')
  if (!existsSync(file)) {
    writeFileSync(file, `${FOLDER_VERSION}\n`)
    return
  }
  const written = readFileSync(file, 'utf8').trim()
  if (Number(written) <= FOLDER_VERSION) return
  throw new OperatorError(
    `The data folder ${folder} was written by a newer OneTill (version ${written}, this one knows ` +
      `${FOLDER_VERSION}); start the newer one, or set DATA_DIR to another folder.`,
  )
}

/**
 * Takes the folder for this process, or answers who has it. An owner who is on the way out is
 * waited for, as is, for a moment, one who was just killed and is not gone yet.
 *
 * The lock is the kernel's, on an empty SQLite file: it cannot outlive its owner, and no process
 * number has to be believed.
 */
export async function takeFolder(folder: string): Promise<FolderLock | Running> {
  const told = join(folder, 'running.json')
  for (let waitedMs = 0; ; waitedMs += 50) {
    const lock = tryLock(join(folder, 'lock'))
    if (lock) return hold(lock, told)
    const owner = readRunning(told)
    if (waitedMs >= (owner?.isClosing ? 12_000 : 600)) {
      return owner ?? { pid: 0, startedAt: '', databaseUrl: null, isClosing: false }
    }
    await sleep(50)
  }
}

export const isLock = (taken: FolderLock | Running): taken is FolderLock => 'release' in taken

export function takenSentence(folder: string, { pid }: Running): string {
  const who = pid === 0 ? '' : ` (process ${pid})`
  return (
    `OneTill already runs on the data folder ${folder}${who}; stop it first, or set DATA_DIR to ` +
    'another folder.'
  )
}

function tryLock(file: string): DatabaseSync | null {
  const lock = new DatabaseSync(file)
  try {
    lock.exec('pragma journal_mode = memory; begin exclusive')
    return lock
  } catch (error) {
    lock.close()
    const SQLITE_BUSY = 5
    if ((error as { errcode?: number }).errcode === SQLITE_BUSY) return null
    throw error
  }
}

function hold(lock: DatabaseSync, told: string): FolderLock {
  const startedAt = new Date(performance.timeOrigin).toISOString()
  const tell: FolderLock['tell'] = (news) => {
    const running: Running = { pid: process.pid, startedAt, ...news }
    writeFileSync(told, `${JSON.stringify(running)}\n`, { mode: 0o600 })
  }
  tell({ databaseUrl: null, isClosing: false })
  return {
    tell,
    release() {
      rmSync(told, { force: true })
      lock.close()
    },
  }
}

function readRunning(file: string): Running | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Running
  } catch {
    return undefined // not written yet, or half
  }
}
