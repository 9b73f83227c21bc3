import { expect, test } from 'vitest'

import { code, read, roomOf, sources } from './repository.ts'
import type { Node } from './statements.ts'
import {
  migrations,
  nodesOf,
  ofKind,
  parseSql,
  queries,
  readTables,
  wordsOf,
} from './statements.ts'

// All SQL is parsed by PostgreSQL's own parser, and what would tie us to one server is refused.
// Source: DESIGN §4: PostgreSQL 15, and Citus with tables distributed by institution.

const tables = await readTables()
const trees = await Promise.all(
  queries.map(async (query) => ({ ...query, tree: await parseSql(query.text) })),
)
const changes = await Promise.all(
  migrations.map(async (file) => ({ file, tree: await parseSql(read(file)) })),
)

// Each with its because, which the failing test prints.
const refusedKinds: Readonly<Record<string, string>> = {
  ListenStmt: 'LISTEN is not in every engine: poll, and poke within the process',
  NotifyStmt: 'NOTIFY is not in every engine: poll, and poke within the process',
  UnlistenStmt: 'LISTEN is not in every engine: poll, and poke within the process',
  LockStmt: 'LOCK TABLE is not in every engine: lock rows, in key order',
  CreateTrigStmt: 'no triggers: what happens is written where it happens',
  CreateFunctionStmt: 'the logic is in TypeScript, the database holds what must never be false',
  RuleStmt: 'no rules: what happens is written where it happens',
  DoStmt: 'a migration is a list of statements',
  JsonTable: 'newer than PostgreSQL 15',
  JsonFuncExpr: 'newer than PostgreSQL 15',
  JsonParseExpr: 'newer than PostgreSQL 15',
  JsonScalarExpr: 'newer than PostgreSQL 15',
  JsonSerializeExpr: 'newer than PostgreSQL 15',
  JsonObjectConstructor: 'newer than PostgreSQL 15',
  JsonArrayConstructor: 'newer than PostgreSQL 15',
  JsonIsPredicate: 'newer than PostgreSQL 15',
  ReturningOption: 'newer than PostgreSQL 15',
}

const refusedFunctions: readonly [pattern: RegExp, because: string][] = [
  [/^pg_(try_)?advisory_/, 'advisory locks are not in every engine: lock a row'],
  [/^pg_notify$/, 'NOTIFY is not in every engine: poll, and poke within the process'],
  [/^(gen_random_uuid|uuidv4|uuidv7|nextval)$/, 'ids are made in the program'],
  [/^(any_value|array_shuffle|array_sample|random_normal)$/, 'newer than PostgreSQL 15'],
]

const clocks = /^(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)$/

function refusalsOf(tree: unknown): string[] {
  const found: string[] = []
  for (const [kind, node] of nodesOf(tree)) {
    const because = refusedKinds[kind]
    if (because) found.push(because)
    if (kind === 'FuncCall') {
      const name = wordsOf(node.funcname).at(-1) ?? ''
      found.push(
        ...refusedFunctions.filter(([pattern]) => pattern.test(name)).map((pair) => pair[1]),
      )
    }
    if (kind === 'Constraint' && node.contype === 'CONSTR_EXCLUSION') found.push('no EXCLUDE')
    if (kind === 'Constraint' && node.deferrable) found.push('no DEFERRABLE: decide when you write')
    if (node.contype === 'CONSTR_ATTR_DEFERRABLE')
      found.push('no DEFERRABLE: decide when you write')
    if (kind === 'CommonTableExpr' && ofKind(node.ctequery, 'InsertStmt').length > 0) {
      found.push('no INSERT inside a CTE: it reads a snapshot older than its own locks')
    }
    if (kind === 'MergeStmt') found.push('no MERGE: it races under READ COMMITTED')
  }
  return found
}

test('every statement is in the dialect that all our engines speak', () => {
  const found = [
    ...trees.map(({ file, name, tree }) => [`${file} ${name}`, refusalsOf(tree)] as const),
    ...changes.map(({ file, tree }) => [file, refusalsOf(tree)] as const),
  ]
  expect(found.filter(([, refusals]) => refusals.length > 0)).toEqual([])
})

test('a named query is one statement, and no two prepared statements have one name', () => {
  expect(trees.filter(({ tree }) => tree.length !== 1).map(({ name }) => name)).toEqual([])
  const names = queries.map(({ name }) => name)
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
})

test('no query asks the database what time it is', () => {
  const asking = trees.filter(
    ({ tree }) =>
      ofKind(tree, 'SQLValueFunction').some(({ op }) => /TIME|DATE/.test(String(op))) ||
      ofKind(tree, 'FuncCall').some(({ funcname }) => clocks.test(wordsOf(funcname).at(-1) ?? '')),
  )
  expect(asking.map(({ name }) => name)).toEqual([])
})

test('a migration asks for the time only as the default of when a row was recorded', () => {
  const asking = changes.flatMap(({ file, tree }) =>
    ofKind(tree, 'ColumnDef')
      .filter(({ constraints }) =>
        ofKind(constraints, 'FuncCall').some((call) =>
          clocks.test(wordsOf(call.funcname).at(-1) ?? ''),
        ),
      )
      .filter(({ colname }) => colname !== 'recorded_at')
      .map(({ colname }) => `${file} ${String(colname)}`),
  )
  expect(asking).toEqual([])
})

// The audit reads columns that it learns of from the catalogue; the doctor looks at servers that
// have no schema of ours.
const writesItsOwnSql = new Set(['modules/audit/leaks.ts', 'app/commands/doctor.ts'])

test('SQL is in .sql files; only the room that owns the pool speaks it elsewhere', () => {
  const inline = sources.filter(
    (file) =>
      /^(modules|app)\//.test(file) &&
      !file.startsWith('modules/database/') &&
      !file.endsWith('.test.ts') &&
      !writesItsOwnSql.has(file) &&
      /['"`]\s*(select\s|insert\s+into\s|update\s+\w+\s+set\s|delete\s+from\s)/i.test(code(file)),
  )
  expect(inline).toEqual([])
})

// The room that owns a table is the one its migration is named after.
const ownerOf = (table: string): string | undefined => {
  const noun = /\d+_(\w+)\.sql$/.exec(tables.get(table)?.file ?? '')?.[1]
  if (table === 'idempotency') return 'database'
  return noun === 'institution' ? 'party' : noun
}

const written = (tree: unknown): string[] =>
  ofKind(tree, 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt').map(({ relation }) =>
    String((relation as Node).relname),
  )

test('only the room that owns a table writes it', () => {
  const trespassing = trees.flatMap(({ file, name, tree }) =>
    written(tree)
      .filter((table) => ownerOf(table) !== roomOf(file))
      .map((table) => `${file} ${name} writes ${table}`),
  )
  expect(trespassing).toEqual([])
})

// Small tables that belong to no institution alone. Source: DESIGN §4.
const small = new Set(['issuer'])
const isScoped = (table: string) => !small.has(table) && tables.get(table)?.isScoped === true

type Scoped = { alias: string; isAlone: boolean; inside: unknown }

// What one select, update or delete names in its own FROM, not in a query inside it.
function scopedTables(node: Node, ctes: ReadonlySet<string>): Scoped[] {
  const own: Node[] = []
  const visit = (item: unknown): void => {
    if (Array.isArray(item)) return item.forEach(visit)
    const { RangeVar: table, JoinExpr: join } = (item ?? {}) as Record<string, Node | undefined>
    if (table) own.push(table)
    if (join) [join.larg, join.rarg].forEach(visit)
  }
  visit([node.fromClause, node.usingClause])
  if (node.relation) own.push(node.relation as Node)
  const scoped = own.filter(
    ({ relname }) => !ctes.has(String(relname)) && isScoped(String(relname)),
  )
  return scoped.map(({ relname, alias }) => ({
    alias: String((alias as Node | undefined)?.aliasname ?? relname),
    isAlone: scoped.length === 1,
    inside: [node.whereClause, node.fromClause, node.usingClause],
  }))
}

/** Whether the table's institution is set equal to $1 or to another table's. */
function isTied({ alias, isAlone, inside }: Scoped): boolean {
  return ofKind(inside, 'A_Expr').some(({ name, lexpr, rexpr }) => {
    if (wordsOf(name).join() !== '=') return false
    const sides = [lexpr, rexpr] as Node[]
    return sides.some((side, at) => {
      const words = wordsOf((side?.ColumnRef as Node | undefined)?.fields)
      const other = sides[1 - at]
      const isOurs =
        words.join('.') === `${alias}.institution_id` ||
        (isAlone && words.join('.') === 'institution_id')
      const isFirstParameter = (other?.ParamRef as Node | undefined)?.number === 1
      const isOtherTable = wordsOf((other?.ColumnRef as Node | undefined)?.fields).length === 2
      return isOurs && (isFirstParameter || isOtherTable)
    })
  })
}

const namesFirstParameter = (tree: unknown) => ofKind(tree, 'ParamRef').some((p) => p.number === 1)

test('every statement names one institution, for each table that it touches', () => {
  const loose = trees.flatMap(({ file, name, tree }) => {
    const ctes = new Set(ofKind(tree, 'CommonTableExpr').map(({ ctename }) => String(ctename)))
    const untied = ofKind(tree, 'SelectStmt', 'UpdateStmt', 'DeleteStmt')
      .flatMap((node) => scopedTables(node, ctes))
      .filter((table) => !isTied(table) || !namesFirstParameter(tree))
      .map(({ alias }) => alias)
    const unnamed = ofKind(tree, 'InsertStmt')
      .filter(({ relation }) => isScoped(String((relation as Node).relname)))
      .filter(({ cols }) => !ofKind(cols, 'ResTarget').some((c) => c.name === 'institution_id'))
    return [...untied, ...unnamed.map(() => 'insert')].map((which) => `${file} ${name}: ${which}`)
  })
  expect(loose).toEqual([])
})

// Whole numbers that count something and are no money.
const counts = /^(version|quantity|stock_quantity|number|count|xid)$/

test('a column of money says its unit in its name', () => {
  const nameless = changes.flatMap(({ file, tree }) =>
    ofKind(tree, 'ColumnDef')
      .filter(({ typeName }) => wordsOf((typeName as Node).names).includes('int8'))
      .map(({ colname }) => String(colname))
      .filter((name) => !/_(minor|bps|ms)$/.test(name) && !counts.test(name))
      .map((name) => `${file} ${name}`),
  )
  expect(nameless).toEqual([])
})

test('a time is kept with its zone, and money never as a fraction', () => {
  const loose = changes.flatMap(({ file, tree }) =>
    ofKind(tree, 'ColumnDef')
      .filter(({ colname, typeName }) => {
        const type = wordsOf((typeName as Node).names).at(-1) ?? ''
        return type === 'timestamp' || (/minor/.test(String(colname)) && type !== 'int8')
      })
      .map(({ colname }) => `${file} ${String(colname)}`),
  )
  expect(loose).toEqual([])
})

const keyKinds = ['CONSTR_PRIMARY', 'CONSTR_UNIQUE', 'CONSTR_FOREIGN']
const isKey = ({ contype }: Node) => keyKinds.includes(String(contype))

/** The first columns of a table's keys, whether written behind a column or by themselves. */
function firstOfKeys({ tableElts }: Node): unknown[] {
  return (tableElts as Record<string, Node | undefined>[]).flatMap(
    ({ ColumnDef: column, Constraint: own }) => {
      if (own) return isKey(own) ? [wordsOf(own.keys ?? own.fk_attrs)[0]] : []
      return ofKind(column?.constraints, 'Constraint').some(isKey) ? [column?.colname] : []
    },
  )
}

test('every key and sorted index of an institution’s table begins with the institution', () => {
  const loose = changes.flatMap(({ file, tree }) => {
    const keys = ofKind(tree, 'CreateStmt').flatMap((created) =>
      firstOfKeys(created).map((first) => ({ on: created.relation, first })),
    )
    // A BRIN index is a coarse summary of the whole table, for clearing out; it sorts nothing.
    const indexes = ofKind(tree, 'IndexStmt')
      .filter(({ accessMethod }) => accessMethod === 'btree')
      .map(({ relation, indexParams }) => ({
        on: relation,
        first: ofKind(indexParams, 'IndexElem')[0]?.name,
      }))
    return [...keys, ...indexes]
      .map(({ on, first }) => ({ table: String((on as Node).relname), first }))
      .filter(({ table, first }) => isScoped(table) && first !== 'institution_id')
      .map(({ table, first }) => `${file} ${table} (${String(first)}, …)`)
  })
  expect(loose).toEqual([])
})
