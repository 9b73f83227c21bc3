import { readFileSync } from 'node:fs'

import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'

import { freshDatabase } from './database.ts'

/** Runs each statement of a told example and prints what psql would show a reader. */
async function tell(file: URL): Promise<string> {
  const database = await freshDatabase()
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  onTestFinished(async () => {
    await client.end()
    await database.drop()
  })
  const told: string[] = []
  for (const statement of readFileSync(file, 'utf8').split(/;\n/)) {
    if (statement.trim() === '') continue
    const story = [...statement.matchAll(/^-- ?(.*)$/gm)].map(([line]) => line)
    const answer = await client.query({ text: statement, rowMode: 'array' }).then(show, showError)
    told.push([...story, answer].join('\n'))
  }
  return `${told.join('\n\n')}\n`
}

function show({ command, rowCount, fields, rows }: pg.QueryArrayResult): string {
  if (fields.length === 0) return `${command} ${rowCount ?? ''}`.trim()
  const lines = [fields.map(({ name }) => name), ...rows.map((row) => row.map(String))]
  const widths = fields.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const showError = (error: unknown) => `ERROR: ${(error as Error).message}`

test('the story of the books in SQL prints what stands beside it', async () => {
  const folder = new URL('../db/examples/', import.meta.url)
  await expect(await tell(new URL('books.sql', folder))).toMatchFileSnapshot(
    new URL('books.out', folder).pathname,
  )
})
