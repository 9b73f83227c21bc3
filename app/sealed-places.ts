import {
  newestOf,
  sealedInChannel,
  type MasterKey,
  type SealedPlace,
} from '../modules/channel/channel.ts'
import type { Db } from '../modules/database/database.ts'
import { sealedInNotice } from '../modules/notice/notice.ts'
import { readInstitutions } from '../modules/party/party.ts'
import { sealedInWallet } from '../modules/wallet/wallet.ts'

/** Every column that holds sealed secrets. A test compares them with the schema. */
export const sealedPlaces: readonly SealedPlace[] = [
  ...sealedInChannel,
  ...sealedInWallet,
  ...sealedInNotice,
]

/** Each of these columns with each institution, the columns of an institution one after the other. */
export async function everySealedPlace(
  db: Pick<Db, 'read'>,
): Promise<{ institutionId: string; place: SealedPlace }[]> {
  const institutions = await readInstitutions(db)
  return institutions.flatMap(({ id: institutionId }) =>
    sealedPlaces.map((place) => ({ institutionId, place })),
  )
}

/** By what people tell the key that seals now from others: its id, which is no secret. */
export const nameOf = (masterKey: MasterKey): string => newestOf(masterKey).id.toString('hex')
