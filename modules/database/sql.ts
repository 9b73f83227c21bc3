import { readFileSync } from 'node:fs'
import { basename } from 'node:path'

/** One statement of a `.sql` file. The name is also the name of its prepared statement. */
export type Sql = { readonly name: string; readonly text: string }

/**
 * Reads a `.sql` file of `-- name: x` blocks; the answer gives the statement called `x`, and throws
 * when there is none, so that a wrong name dies at start and not under load.
 *
 * Source: DESIGN §11 (named `.sql` queries).
 */
export function loadSql(url: URL): (name: string) => Sql {
  const file = basename(url.pathname, '.sql')
  const blocks = readFileSync(url, 'utf8').split(/^-- name: (\w+)$/m)
  const byName = new Map<string, Sql>()
  for (let i = 1; i < blocks.length; i += 2) {
    const name = blocks[i] ?? ''
    byName.set(name, { name: `${file}.${name}`, text: withoutComments(blocks[i + 1] ?? '') })
  }
  return (name) => {
    const sql = byName.get(name)
    if (sql === undefined) throw new Error(`${url.pathname}: no query named ${name}`)
    return sql
  }
}

/** The leading sentences are for readers of the file; the server need not parse them. */
const withoutComments = (block: string): string => block.replace(/^\s*--.*$/gm, '').trim()
