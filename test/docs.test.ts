import path from 'node:path'

import { expect, test } from 'vitest'

import { writeOpenApi } from '../app/http/openapi.ts'
import { declineReasons, errors } from '../modules/errors/errors.ts'
import { code, files, imports, read, rooms, sources } from './repository.ts'

// Papers that say what the code says must say the same.

const sectionsOf = (file: string) =>
  read(file)
    .split(/^## /m)
    .slice(1)
    .map((text) => ({ heading: text.split('\n', 1)[0]!, text }))

test('docs/errors.md has a section for every code, with what the code says', () => {
  const sections = sectionsOf('docs/errors.md').filter(({ heading }) => heading !== 'Declines')
  expect(sections.map(({ heading }) => heading)).toEqual(Object.keys(errors))
  const wrong = sections.filter(({ heading, text }) => {
    const { title, status, retry, nextAction, message } = errors[heading as keyof typeof errors]
    const facts = `${title}. Status ${status}, retry \`${retry}\`, next action \`${nextAction}\`.`
    return (
      !text.includes(facts) || !text.includes(`> ${message}\n`) || !/^> \p{Script=Han}/mu.test(text)
    )
  })
  expect(wrong.map(({ heading }) => heading)).toEqual([])
})

test('docs/errors.md lists every reason for declining, in both languages', () => {
  const rows = read('docs/errors.md')
    .split('\n')
    .map((line) => line.replace(/ +\| +/g, ' | ').trim())
  const missing = Object.entries(declineReasons).filter(
    ([reason, { en, zh }]) =>
      !rows.some((row) => row.startsWith(`| \`${reason}\` | ${en} | ${zh}`)),
  )
  expect(missing).toEqual([])
})

test('docs/patent.md tells of every requirement, and what is built names tests that exist', () => {
  const sections = sectionsOf('docs/patent.md')
  const numbers = sections.map(({ heading }) => heading.split(' ')[0])
  expect(numbers).toEqual(Array.from({ length: 31 }, (_, at) => `P${at + 1}`))
  const problems = sections.flatMap(({ heading, text }) => {
    const state = /^(Built in part|Built|Not yet)\b/m.exec(text)?.[1]
    const named = [...text.matchAll(/^- `([^`]+)`: (.+)$/gm)].map(([, file, title]) => ({
      file: file!,
      title: title!,
    }))
    const strangeRooms = [
      ...(/^Built.*? in ((?:`\w+`(?:, )?)+)\./m.exec(text)?.[1] ?? '').matchAll(/\w+/g),
    ]
      .map(String)
      .filter((room) => !rooms.includes(room))
    return [
      ...(state === undefined ? ['does not say how it stands'] : []),
      ...((state === 'Not yet') === named.length > 0
        ? ['built and tested do not go together']
        : []),
      ...strangeRooms.map((room) => `there is no room ${room}`),
      ...named
        .filter(({ file, title }) => !files.includes(file) || !hasTest(file, title))
        .map(({ file, title }) => `${file} has no test “${title}”`),
    ].map((problem) => `${heading}: ${problem}`)
  })
  expect(problems).toEqual([])
})

const hasTest = (file: string, title: string) =>
  ["'", '"', '`'].some((quote) => code(file).includes(`${quote}${title}${quote}`))

const named = (file: string, key: string): string[] =>
  Object.keys((JSON.parse(read(file)) as Record<string, object | undefined>)[key] ?? {})

const packages = ['package.json', 'web/package.json'].flatMap((file) =>
  ['dependencies', 'optionalDependencies', 'devDependencies'].flatMap((key) => named(file, key)),
)

test('every dependency has its reason in decision 0001, and nothing else has', () => {
  const given = [...read('docs/decisions/0001-dependencies.md').matchAll(/^\| `([^`]+)`/gm)]
  expect(given.map((row) => row[1]).toSorted()).toEqual([...new Set(packages)].toSorted())
})

test('what the program depends on it also uses', () => {
  const used = imports.map(({ to }) => to)
  const styles = files.filter((file) => file.endsWith('.css')).map(read)
  const idle = [
    ...named('package.json', 'dependencies'),
    ...named('web/package.json', 'dependencies'),
  ]
    .filter((name) => !used.some((to) => to === name || to.startsWith(`${name}/`)))
    .filter((name) => !styles.some((style) => style.includes(name)))
  expect(idle).toEqual([])
})

test('openapi.yaml is what the routes say', async () => {
  expect(await writeOpenApi()).toBe(read('openapi.yaml'))
})

test('a link in a document leads to a file that is there', () => {
  const broken = files
    .filter((file) => file.endsWith('.md'))
    .flatMap((file) =>
      [...read(file).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
        .map((match) => match[1]!)
        .filter((to) => !/^[a-z]+:/.test(to))
        .filter((to) => {
          const place = path.join(path.dirname(file), to)
          return !files.some(
            (one) => one === place || one.startsWith(`${place.replace(/\/$/, '')}/`),
          )
        })
        .map((to) => `${file}: ${to}`),
    )
  expect(broken).toEqual([])
})

test('the change log has an open head with its three parts', () => {
  const open = sectionsOf('CHANGELOG.md')[0]!
  expect(open.heading).toBe('Unreleased')
  expect([...open.text.matchAll(/^### (.+)$/gm)].map((match) => match[1])).toEqual([
    'Money and safety',
    'Features',
    'Inside',
  ])
})

test('nothing is left undone in the open', () => {
  const marked = sources.filter(
    (file) => /\b(TODO|FIXME)\b/.test(read(file)) && file !== 'test/docs.test.ts',
  )
  expect(marked).toEqual([])
})
