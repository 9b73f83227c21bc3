import type { SealedPlace } from '../channel/channel.ts'
import { loadSql } from '../database/database.ts'

const sql = loadSql(new URL('./sealed.sql', import.meta.url))

/** The secrets of payers' devices and linked accounts, and those with other institutions. */
export const sealedInWallet: readonly SealedPlace[] = [
  { name: 'payer_device.sealed_key', page: sql('page_devices'), put: sql('put_devices') },
  { name: 'source.sealed_token', page: sql('page_tokens'), put: sql('put_tokens') },
  { name: 'peer_institution.sealed_private_key', page: sql('page_peers'), put: sql('put_peers') },
  {
    name: 'peer_institution.sealed_next_key',
    ...{ page: sql('page_next_peers'), put: sql('put_next_peers') },
  },
]
