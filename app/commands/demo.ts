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
    `  Till      收银台    ${publicUrl}/till/`,
    `  Wallet    钱包      ${publicUrl}/wallet/`,
    `  Console   管理台    ${publicUrl}/console/`,
    `  API       接口文档  ${publicUrl}/docs`,
    '',
    '  Payers 付款人 (wallet)',
    ...payers.map(
      ({ name, login, password, pin }) => `    ${login}  ${password}  PIN ${pin}  ${name}`,
    ),
    '  Staff 员工 (console)',
    ...staff.map(({ name, login, password }) => `    ${login}  ${password}  ${name}`),
    '  Sandbox phones 沙箱手机 (password 123456)',
    ...phones.map(({ title, url }) => `    ${title}  ${url}`),
    ...problemsOf(places).map((problem) => `    ${problem}`),
    '',
    `  Till key 终端密钥      ${till?.token ?? ''}  (reads; its device signs the rest 仅可查询)`,
    `  Merchant key 商户密钥  ${file.merchant.token}`,
    `  All keys 全部密钥      ${dataFolder}/demo.json`,
    '',
  ]
}
