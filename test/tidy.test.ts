import { expect, test } from 'vitest'

import type { Import } from './repository.ts'
import {
  code,
  files,
  imports,
  isomorphic,
  isTest,
  read,
  roomOf,
  rooms,
  sideDoors,
  sources,
} from './repository.ts'

// The rules of the house that need more than one file to see. Each was seen red with its fault
// planted. What one file shows is in eslint.config.js; SQL has sql.test.ts and plans.test.ts, the
// documents have docs.test.ts.

const show = ({ from, to }: Import) => `${from} imports ${to}`
const floor = (room: string) => rooms.indexOf(room)

test('every room stands in ROOMS.md, and every room there has its front door', () => {
  const found = new Set(files.map(roomOf).filter((room) => room !== undefined))
  expect([...found].toSorted()).toEqual(rooms.toSorted())
  const doors = rooms.filter((room) => room !== 'lib').map((room) => `modules/${room}/${room}.ts`)
  expect([...doors, ...sideDoors].filter((door) => !files.includes(door))).toEqual([])
})

test('a room imports only from the rooms above it', () => {
  const upward = imports.filter(({ from, to }) => {
    const [here, there] = [roomOf(from), roomOf(to)]
    return here && there && floor(there) > floor(here)
  })
  expect(upward.map(show)).toEqual([])
})

test('a room knows nothing of the entry, the screens and the tests', () => {
  const outward = imports.filter(
    ({ from, to }) =>
      roomOf(from) &&
      /^(app|web|bin|bench|sandbox|test)\//.test(to) &&
      !(isTest(from) && to.startsWith('test/')),
  )
  expect(outward.map(show)).toEqual([])
})

test('a room is entered by its front door', () => {
  const backDoor = imports.filter(({ from, to }) => {
    const room = roomOf(to)
    if (!room || room === 'lib' || room === roomOf(from) || isTest(from)) return false
    const mayUseSideDoors = /^(app|bin)\//.test(from)
    return to !== `modules/${room}/${room}.ts` && !(mayUseSideDoors && sideDoors.includes(to))
  })
  expect(backDoor.map(show)).toEqual([])
})

test('a side door is one that somebody uses', () => {
  const used = new Set(imports.filter(({ from }) => /^(app|bin)\//.test(from)).map(({ to }) => to))
  expect(sideDoors.filter((door) => !used.has(door))).toEqual([])
})

test('an isomorphic room imports isomorphic rooms only, and uses nothing of Node', () => {
  const inRoom = sources.filter((file) => isomorphic.includes(roomOf(file) ?? '') && !isTest(file))
  const strange = imports.filter(
    ({ from, to }) => inRoom.includes(from) && !isomorphic.includes(roomOf(to) ?? ''),
  )
  expect(strange.map(show)).toEqual([])
  const needsNode = inRoom.filter((file) =>
    /\b(Buffer|process|require|__dirname|setImmediate|import\.meta)\b/.test(code(file)),
  )
  expect(needsNode).toEqual([])
})

test('the screens import of the rooms only those that run in a browser', () => {
  const strange = imports.filter(
    ({ from, to }) =>
      from.startsWith('web/') &&
      /^(modules|app|bin|db|bench|sandbox)\//.test(to) &&
      !isomorphic.includes(roomOf(to) ?? ''),
  )
  expect(strange.map(show)).toEqual([])
})

test('the counterparts in the sandbox share no rooms with the platform but lib and money', () => {
  const shared = imports.filter(
    ({ from, to }) => from.startsWith('sandbox/') && !/^(lib|money)$/.test(roomOf(to) ?? 'lib'),
  )
  expect(shared.map(show)).toEqual([])
})

test('only a channel and the wallet may see the digits of a payment code', () => {
  const mayReveal = /^(modules\/(channel|wallet)|web\/wallet)\//
  const seen = sources.filter(
    (file) => /\.reveal\b|\['reveal'\]/.test(code(file)) && !mayReveal.test(file) && !isTest(file),
  )
  expect(seen).toEqual([])
})

// Words that say nothing of what is inside.
const emptyWords =
  /(^|[-_./])(utils?|helpers?|managers?|services?|common|handlers?|data|info|index|misc)(\.[a-z.]+)?$/

test('a file or a folder is named by what is in it', () => {
  const parts = new Set(
    sources
      .filter((file) => !file.endsWith('.config.ts'))
      .flatMap((file) =>
        file.split('/').map((_part, depth, all) => all.slice(0, depth + 1).join('/')),
      ),
  )
  expect([...parts].filter((part) => emptyWords.test(part))).toEqual([])
})

// Whole numbers that are no money: counts, versions, weights and the like; `yuan` is a unit itself.
const otherBigints =
  /(^bps|Bps|Minor|MinorOf|[wW]eights?|[qQ]uantity|[vV]ersions?|[cC]ount|[rR]emainder|BPS|MINOR|Ns|Ms|[wW]hole|value|xid|_ms|yuan|[nN]umber|^(payments|transfers|accounts|entries|messages|stock|minor))$/

test('a whole number of money says its unit in its name', () => {
  const nameless = sources
    .filter((file) => !isTest(file))
    .flatMap((file) =>
      [...code(file).matchAll(/\b(\w+)\??: (?:readonly )?bigint(?:\[\])?(?=[\s,;)}|=]|$)/gm)]
        .map((match) => match[1]!)
        .filter((name) => !otherBigints.test(name) && !name.endsWith('_minor'))
        .map((name) => `${file}: ${name}`),
    )
  expect(nameless).toEqual([])
})

test('every function that a room exports says what a caller must know', () => {
  const silent = sources
    .filter((file) => roomOf(file) && !isTest(file))
    .flatMap((file) => {
      const lines = read(file).split('\n')
      return lines.flatMap((line, at) => {
        const name =
          /^export (?:async )?function\*? (\w+)/.exec(line)?.[1] ??
          /^export const (\w+)(?:: [^=]+)? = (?:async )?(?:<[^>]+>)?\(/.exec(line)?.[1]
        if (name === undefined) return []
        return lines[at - 1]?.trim().endsWith('*/') ? [] : [`${file}: ${name}`]
      })
    })
  expect(silent).toEqual([])
})
