import type { Place, Places } from '../start/sandbox.ts'
import type { DemoFile } from './file.ts'

/** The schemes of the sandbox, with the words that people know them by. */
export const sandboxSchemes = {
  wechat: { name: '微信', nameEn: 'WeChat', phones: ['wang', 'li', 'zhao'] },
  alipay: { name: '支付宝', nameEn: 'Alipay', phones: ['chen', 'zhao', 'sun'] },
  unionpay: { name: '云闪付', nameEn: 'UnionPay', phones: ['zhou', 'wu', 'qian'] },
} as const

export type SandboxScheme = keyof typeof sandboxSchemes
export const schemesOfSandbox = Object.keys(sandboxSchemes) as SandboxScheme[]

/** One page that plays a payer's phone. */
export type DemoPhone = { scheme: SandboxScheme; title: string; name: string; url: string }

/** Where the counterparts and their phones are, as `demo.json` says it; what is not there is left out. */
export function showSandbox(places: Places | null): DemoFile['sandbox'] {
  return Object.fromEntries(
    schemesOfSandbox.flatMap((scheme) => {
      const url = urlOf(places?.[scheme])
      if (url === null) return []
      const phones = sandboxSchemes[scheme].phones.map((name) => ({
        name,
        url: `${url}/phone/${name}`,
      }))
      return [[scheme, { url, phone: phones[0]?.url ?? url, phones }]]
    }),
  )
}

/** The address of a counterpart that is there. */
export const urlOf = (place: Place | undefined): string | null =>
  place && 'url' in place ? place.url : null

/** All phones of the file, each with its scheme's words. */
export function phonesOf({ sandbox }: Pick<DemoFile, 'sandbox'>): DemoPhone[] {
  return schemesOfSandbox.flatMap((scheme) => {
    const { name, nameEn } = sandboxSchemes[scheme]
    const phones = sandbox[scheme]?.phones ?? []
    return phones.map((phone) => ({ scheme, title: `${nameEn} phone ${name}手机`, ...phone }))
  })
}

/** A line for each counterpart that is not there, which holds up nothing else. */
export function problemsOf(places: Places | null): string[] {
  if (!places) return ['The sandbox is not there yet. 沙箱尚未启动。']
  return schemesOfSandbox.flatMap((scheme) => {
    const place = places[scheme]
    if ('url' in place) return []
    const { name, nameEn } = sandboxSchemes[scheme]
    return [`${nameEn} could not start 未能启动${name}: ${place.problem.split('\n', 1)[0]}`]
  })
}
