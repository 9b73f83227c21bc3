import { ACTIVATION_LIFE_MS, newActivationCode } from '../../modules/terminal/terminal.ts'
import { renewActivation } from '../../modules/terminal/terminal.ts'
import type { Config } from '../config.ts'
import { seedDemo, type DemoFile } from '../demo/demo.ts'
import type { OpenIo } from '../io.ts'
import { openLog } from '../start/log.ts'
import { print } from '../start/print.ts'
import type { Demo } from '../routes/demo.ts'
import { openPlatform, startRole } from '../start/run.ts'
import { runUntilStopped } from '../start/stop.ts'

/**
 * Starts everything in one process, with a demo shop on first run, and says where to click.
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
    const platform = await openPlatform(config, { log, stops, role, mayMigrate: true })
    const { publicUrl: url, dataFolder: dataDir } = config
    const file = await seedDemo(platform.io, { url, dataDir })
    await startRole(platform, { config, role, demo: callsOf(platform.io, file), stops })
    welcome(config, file).forEach(print)
  })
}

/** What the demo's own calls answer: who to sign in as, and a code for the spare till. */
function callsOf(io: OpenIo, file: DemoFile): Demo {
  return {
    people: () => Promise.resolve(peopleOf(file)),
    async newActivationCode() {
      const institutionId = file.institution.id
      const code = newActivationCode(institutionId)
      const expiresAt = new Date(io.now().getTime() + ACTIVATION_LIFE_MS)
      const terminal = { institutionId, id: file.spare_terminal.id }
      const { pepper } = io
      await io.db.transaction((tx) => renewActivation(tx, terminal, { code, pepper, expiresAt }))
      return code
    },
  }
}

function peopleOf({ payers, operator, merchant_staff }: DemoFile) {
  return {
    payers: payers.map(({ name, login, password, pin }) => ({ name, login, password, pin })),
    staff: [
      { ...operator, name: '运营 Operator', role: 'operator' },
      { ...merchant_staff, name: '店长 Shop manager', role: 'merchant' },
    ].map(({ name, login, password, role }) => ({ name, login, password, role })),
  }
}

function welcome({ publicUrl, dataFolder }: Config, file: DemoFile): string[] {
  const { payers, staff } = peopleOf(file)
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
    '',
    `  Till key 终端密钥      ${till?.token ?? ''}`,
    `  Merchant key 商户密钥  ${file.merchant.token}`,
    `  All keys 全部密钥      ${dataFolder}/demo.json`,
    '',
  ]
}
