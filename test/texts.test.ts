import { expect, test } from 'vitest'

import { declineReasons, errors } from '../modules/errors/errors.ts'
import { code, files, isTest, sources } from './repository.ts'

// Every text that a person sees is there in Chinese and in English, under one key.

type Catalogue = Readonly<Record<string, string>>

async function catalogue(file: string): Promise<Catalogue> {
  const module = (await import(`../${file}`)) as Record<string, Catalogue>
  return Object.assign({}, ...Object.values(module)) as Catalogue
}

const folders = [...new Set(files.flatMap((file) => /^web\/\w+\/locales(?=\/)/.exec(file) ?? []))]
const texts = new Map(
  await Promise.all(
    folders.map(async (folder) => {
      const [zh, en] = await Promise.all(
        ['zh-CN', 'en'].map((language) => catalogue(`${folder}/${language}.ts`)),
      )
      return [folder, { zh: zh!, en: en! }] as const
    }),
  ),
)

const blanks = (text: string) =>
  [...text.matchAll(/\{\{\s*(\w+)/g)].map((match) => match[1]).toSorted()

test.each(folders)(
  '%s has the same keys in both languages, with the same blanks to fill',
  (folder) => {
    const { zh, en } = texts.get(folder)!
    expect(Object.keys(zh).length).toBeGreaterThan(0)
    expect(Object.keys(en).toSorted()).toEqual(Object.keys(zh).toSorted())
    const uneven = Object.keys(zh).filter((key) => `${blanks(zh[key]!)}` !== `${blanks(en[key]!)}`)
    expect(uneven).toEqual([])
  },
)

// A language is written in itself wherever one chooses it.
const ownName = /(lang|language)/

test.each(folders)('%s says in English what is English, and leaves nothing empty', (folder) => {
  const { zh, en } = texts.get(folder)!
  const strange = Object.keys(en).filter(
    (key) =>
      zh[key] === '' || en[key] === '' || (/\p{Script=Han}/u.test(en[key]!) && !ownName.test(key)),
  )
  expect(strange).toEqual([])
})

test('every refusal and every decline has its words on the screen', () => {
  const { zh, en } = texts.get('web/ui/locales')!
  const wanted = [
    ...Object.keys(errors).map((name) => `error.${name}`),
    ...Object.keys(declineReasons).map((name) => `decline.${name}`),
  ]
  expect(wanted.filter((key) => !zh[key] || !en[key])).toEqual([])
})

test('a text that a screen names is in its catalogue', () => {
  const shared = texts.get('web/ui/locales')!.en
  const missing = sources
    .filter((file) => /^web\/\w+\//.test(file) && !isTest(file))
    .flatMap((file) => {
      const own = texts.get(`${file.split('/').slice(0, 2).join('/')}/locales`)?.en ?? {}
      return [...code(file).matchAll(/\bt\(\s*'([^']+)'/g)]
        .map((match) => match[1]!)
        .filter((key) => !(key in own) && !(key in shared))
        .map((key) => `${file}: ${key}`)
    })
  expect(missing).toEqual([])
})
