import { ACTIVATION_LIFE_MS, newActivationCode } from '../../modules/terminal/terminal.ts'
import { renewActivation } from '../../modules/terminal/terminal.ts'
import type { Config } from '../config.ts'
import { seedDemo, type DemoFile } from '../demo/demo.ts'
import { phonesOf, problemsOf } from '../demo/phones.ts'
import type { OpenIo } from '../io.ts'
import { openLog } from '../start/log.ts'
import { print } from '../start/print.ts'
import type { Demo, DemoPeople } from '../routes/demo.ts'
import { openPlatform, startRole } from '../start/run.ts'
import { startSandbox, type Places, type Sandbox } from '../start/sandbox.ts'
import { runUntilStopped } from '../start/stop.ts'

/**
 * Starts everything with a demo shop, which is made on the first run, and says where to click. The
 * counterparts of the sandbox run beside it, in a process of their own.
 *
 * Source: DESIGN §7.
 *
 * @throws OperatorError when it cannot start.
 */
export async function demo(config: Config): Promise<void> {
  // The terminal belongs to the person who tries it; what goes wrong is still said.
  const log = openLog(config, 'warn')
  await runUntilStopped(log, async (stops) => {
    const role = 'all'
    const opening: { sandbox?: Sandbox } = {}
    const beside = () => {
      const sandbox = startSandbox(config, log)
      opening.sandbox = sandbox
      stops.add('the sandbox', 350, () => sandbox.close())
    }
    const platform = await openPlatform(config, { log, stops, role, mayMigrate: true, beside })
    const { publicUrl: url, dataFolder: dataDir } = config
    const seed = (places: Places | null) =>
      seedDemo(platform.io, { url, dataDir, ownUrl: ownUrlOf(config), places })
    const places = (await opening.sandbox?.places()) ?? null
    let file = await seed(places)
    opening.sandbox?.onPlaces(async (moved) => void (file = await seed(moved)))
    await startRole(platform, { config, role, demo: callsOf(platform.io, () => file), stops })
    welcome(config, file, places).forEach(print)
  })
}

/** Where programs of this machine find us, whatever name the world knows us by. */
function ownUrlOf({ host, port }: Config): string {
  const isEverywhere = ['0.0.0.0', '::', 'localhost'].includes(host)
  const address = isEverywhere ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host
  return `http://${address}:${port}`
}

/** What the demo's own calls answer: who to sign in as, and a code for the spare till. */
function callsOf(io: OpenIo, file: () => DemoFile): Demo {
  return {
    people: () => Promise.resolve(peopleOf(file())),
    async newActivationCode() {
      const { institution, spare_terminal: spare } = file()
      const code = newActivationCode(institution.id)
      const expiresAt = new Date(io.now().getTime() + ACTIVATION_LIFE_MS)
      const terminal = { institutionId: institution.id, id: spare.id }
      const { pepper } = io
      await io.db.transaction((tx) => renewActivation(tx, terminal, { code, pepper, expiresAt }))
      return code
    },
  }
}

function peopleOf(file: DemoFile): DemoPeople {
  const { payers, city_payer, operator, merchant_staff } = file
  const city = { ...city_payer, name: `${city_payer.name}（城市银行 City Bank）` }
  return {
    payers: [...payers, city].map(({ name, login, password, pin }) => ({
      ...{ name, login, password, pin },
    })),
    staff: [
      { ...operator, name: '运营 Operator', role: 'operator' },
      { ...merchant_staff, name: '店长 Shop manager', role: 'merchant' },
    ].map(({ name, login, password, role }) => ({ name, login, password, role })),
    phones: phonesOf(file),
  }
}

function welcome(
  { publicUrl, dataFolder }: Config,
  file: DemoFile,
  places: Places | null,
): string[] {
  const { payers, staff, phones } = peopleOf(file)
  const [till] = file.terminals
  return [
    'OneTill is running. Ctrl-C stops it.    OneTill 已启动，按 Ctrl-C 停止。',
    '',
    'Open in a browser 在浏览器打开',
    `  Till     收银台    ${publicUrl}/till/     takes payments 收款`,
    `  Wallet   钱包      ${publicUrl}/wallet/   shows the code to pay with 出示付款码`,
    `  Console  管理台    ${publicUrl}/console/  runs the shops and the books 管理商户与账务`,
    `  API      接口文档  ${publicUrl}/docs`,
    '',
    'Sign in to the wallet 登录钱包',
    ...table(
      ['login 登录名', 'password 密码', 'PIN 支付密码', 'name 姓名'],
      payers.map(({ name, login, password, pin }) => [login, password, pin, name]),
    ),
    'Sign in to the console 登录管理台',
    ...table(
      ['login 登录名', 'password 密码', 'who 身份'],
      staff.map(({ name, login, password }) => [login, password, name]),
    ),
    'Phones of other wallets, played by the sandbox 沙箱里其他钱包的手机 (password 密码 123456)',
    ...phones.map(({ title, url }) => `  ${title}  ${url}`),
    ...problemsOf(places).map((problem) => `  ${problem}`),
    '',
    'Keys for the API 接口密钥',
    `  Shop 商户  ${file.merchant.token}`,
    '    takes payments, refunds and looks at them 可收款、退款、查询',
    `  Till 终端  ${till?.token ?? ''}`,
    '    only looks; a till signs its payments with its private key 只能查询，收款须用终端私钥签名',
    `  Those and the others, private keys too 其余密钥和私钥：${dataFolder}/demo.json`,
    '',
  ]
}

/** Rows under their heading, in columns as wide as they need; a Chinese sign is two wide. */
function table(heading: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [heading, ...rows]
  const widths = heading.map((_, at) => Math.max(...all.map((row) => widthOf(row[at] ?? ''))))
  const pad = (text: string, at: number) => text + ' '.repeat((widths[at] ?? 0) - widthOf(text))
  return all.map((row) => `  ${row.map(pad).join('  ')}`.trimEnd())
}

const widthOf = (text: string): number =>
  [...text].reduce((sum, sign) => sum + (/[\u2e80-\uffe6]/.test(sign) ? 2 : 1), 0)
