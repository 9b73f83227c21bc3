import { parentPort, workerData } from 'node:worker_threads'

import { parseDocument } from 'yaml'

/** What stands in a text, or the first thing that is wrong with it. */
export type Parsed = { value: unknown } | { problem: string }

// This file is a thread: it reads the one text that it was started with, says what it found, and ends.
parentPort?.postMessage(read(workerData as string))

function read(text: string): Parsed {
  const document = parseDocument(text, { prettyErrors: true, stringKeys: true })
  const [problem] = [...document.errors, ...document.warnings]
  if (problem) return { problem: problem.message.split('\n', 1)[0] ?? 'not YAML' }
  try {
    // Aliases make small files large, and no file of ours has one.
    return { value: document.toJS({ maxAliasCount: 0 }) as unknown }
  } catch {
    return { problem: 'aliases are not allowed' }
  }
}
