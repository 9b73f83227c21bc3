import type { Io } from '../../modules/io/io.ts'
import { createInstitution } from '../../modules/party/party.ts'
import { openPayer, type DemoPayer } from './payers.ts'
import { demoId, demoShop } from './shop.ts'

/** Another bank with wallets of its own: whose codes the demo shop takes by the road between banks. */
export const demoCity = {
  institution: { id: 'ins_city', name: '城市银行', nameEn: 'City Bank' },
  /** Its people sign in as `name@city`. */
  slug: 'city',
  payer: { login: 'citypayer', name: '何静' },
} as const

const { institution, payer } = demoCity

/** Opens the second institution and its payer, as far as they are not there. */
export async function openDemoCity(io: Io): Promise<DemoPayer> {
  const now = io.now()
  const terms = {
    currency: demoShop.currency,
    timeZone: 'Asia/Shanghai',
    codePrefix: '82',
  } as const
  const house = { houseMerchantId: demoId('mch', 1) }
  await io.db.transaction((tx) =>
    createInstitution(tx, { ...institution, ...terms, ...house }, now),
  )
  const opened = await openPayer(io, { institutionId: institution.id, ...payer })
  return { ...opened, login: `${payer.login}@${demoCity.slug}` }
}
