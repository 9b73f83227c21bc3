import { generateKeyPairSync } from 'node:crypto'

import {
  createChannelAccount,
  listChannelAccounts,
  type NewChannelAccount,
} from '../../modules/channel/channel.ts'
import type { Tx } from '../../modules/database/database.ts'
import type { Io } from '../../modules/io/io.ts'
import { newId } from '../../modules/lib/ids.ts'
import { putPeer } from '../../modules/wallet/wallet.ts'
import { putAccount } from './account.ts'
import { demoCity } from './city.ts'
import { demoId, demoShop } from './shop.ts'

/** One of the two institutions, with the keys that it signs with. */
type Side = { id: string; name: string; privateKey: string; publicKey: string }

const accountIdOf = (institutionId: string) =>
  demoId('cha', institutionId === demoShop.institution.id ? 6 : 1)

/**
 * Opens the road between the demo's two institutions, both ways, in one transaction; when it is
 * there already, only its address is set right. They speak over HTTP even in one process.
 *
 * Source: DESIGN §4 (two local transactions and a clearing position).
 */
export async function openDemoInterbank(io: Io, ownUrl: string): Promise<void> {
  const ends = [demoShop.institution, demoCity.institution]
  const known = await Promise.all(
    ends.map(async ({ id }) => {
      const accounts = await listChannelAccounts(io.db, id)
      return accounts.find((account) => account.id === accountIdOf(id))
    }),
  )
  for (const account of known) {
    const settings = { baseUrl: ownUrl }
    if (account) await putAccount(io, { ...account, settings, keys: {} }, account)
  }
  if (known.some(Boolean)) return

  const [shop, city] = ends.map(({ id, name }): Side => ({ id, name, ...newKeys() })) as [
    Side,
    Side,
  ]
  await io.db.transaction(async (tx) => {
    await openWay(tx, io, { acquirer: shop, issuer: city, ownUrl })
    await openWay(tx, io, { acquirer: city, issuer: shop, ownUrl })
  })
}

function newKeys(): Pick<Side, 'privateKey' | 'publicKey'> {
  return generateKeyPairSync('ed25519', {
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
}

type Way = { acquirer: Side; issuer: Side; ownUrl: string }

/** Lets the merchants of one charge the payers of the other. */
async function openWay(tx: Tx, io: Io, { acquirer, issuer, ownUrl }: Way): Promise<void> {
  const { masterKey } = io
  const now = io.now()
  const account: NewChannelAccount = {
    ...{ institutionId: acquirer.id, id: accountIdOf(acquirer.id), name: issuer.name },
    ...{ channel: 'interbank', scheme: 'onetill', settlement: 'pooled' },
    ...{ acquirer: null, merchantId: null, costBps: 20, concurrency: 32 },
    settings: {
      ...{ baseUrl: ownUrl },
      ...{ issuerInstitutionId: issuer.id, acquirerInstitutionId: acquirer.id },
    },
    keys: { privateKey: acquirer.privateKey, peerPublicKey: issuer.publicKey },
  }
  await createChannelAccount(tx, account, { masterKey, now })
  const peer = { institutionId: issuer.id, id: acquirer.id, name: acquirer.name }
  const keys = { publicKey: acquirer.publicKey, privateKey: issuer.privateKey }
  const act = { actor: 'command:seed', trailId: newId('trl', now.getTime()), now }
  await putPeer(tx, { ...peer, ...keys }, { masterKey, ...act })
}
