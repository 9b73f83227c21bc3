import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'

import type { Io } from '../../modules/io/io.ts'
import { makeFolder } from '../start/folder.ts'
import { refuseOtherRoot } from '../start/root.ts'
import type { Places } from '../start/sandbox.ts'
import { openDemoChannels } from './channels.ts'
import { demoCity, openDemoCity } from './city.ts'
import { readDemoFile, writeDemoFile, type DemoFile, type ShopFile } from './file.ts'
import { openDemoNews } from './news.ts'
import { openDemoPayers } from './payers.ts'
import { showSandbox } from './phones.ts'
import { openDemoPromotion } from './promotion.ts'
import { openDemoShop } from './shop.ts'
import { isGood, issueTokens, issueToken, opens } from './tokens.ts'

export type { DemoFile } from './file.ts'

export type SeedOptions = {
  /** Where people find this server, without a slash at the end. */
  url: string
  dataDir: string
  /** Where the sandbox finds this server; `url` when left out. */
  ownUrl?: string
  /**
   * Where the sandbox is; null: not there now. Without it the accounts at its counterparts stay as
   * they are.
   */
  places?: Places | null
}

/**
 * Puts the demo into the database, as far as it is not there: the shop, a second institution, a
 * promotion, and the accounts at the sandbox's counterparts, which follow it when it has moved. Its people and
 * tokens stand in `demo.json` in the data folder (mode 600). When the file is there and its tokens
 * work they stay; when they do not, new ones are issued for the shop that is there.
 *
 * Source: DESIGN §7.
 */
export async function seedDemo(io: Io, options: SeedOptions): Promise<DemoFile> {
  const { url, dataDir, ownUrl = url, places } = options
  const path = join(dataDir, 'demo.json')
  const earlier = readDemoFile(path)
  const shop = await seedShop(io, earlier, url)
  await openDemoPromotion(io)
  await openDemoNews(
    io,
    shop.payers.map(({ id }) => id),
  )
  const file: DemoFile = {
    ...{ ...shop, url },
    city_payer: await seedCity(io, earlier?.city_payer),
    channel_accounts: await openDemoChannels(io, { ownUrl, places: places ?? null }),
    sandbox: places === undefined ? (earlier?.sandbox ?? {}) : showSandbox(places),
  }
  await refuseOtherRoot(io) // notes the root of what was opened just now
  if (!isDeepStrictEqual(file, earlier)) {
    makeFolder(dataDir)
    writeDemoFile(path, file)
  }
  return file
}

async function seedShop(io: Io, earlier: ShopFile | null, url: string): Promise<ShopFile> {
  if (earlier && (await isGood(io, earlier))) return earlier
  await openDemoShop(io)
  return issueTokens(io, { url, payers: await openDemoPayers(io) })
}

type CityPayer = DemoFile['city_payer']

async function seedCity(io: Io, earlier: CityPayer | undefined): Promise<CityPayer> {
  if (earlier && (await opens(io, earlier.token, earlier.id))) return earlier
  const payer = await openDemoCity(io)
  const owner = {
    institutionId: demoCity.institution.id,
    kind: 'payer',
    subjectId: payer.id,
  } as const
  return { ...payer, token: await issueToken(io, owner) }
}
