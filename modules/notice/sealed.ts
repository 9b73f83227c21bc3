import type { SealedPlace } from '../channel/channel.ts'
import { loadSql } from '../database/database.ts'

const sql = loadSql(new URL('./sealed.sql', import.meta.url))

/** The secrets of webhooks, of browsers that are woken, and ours with push services. */
export const sealedInNotice: readonly SealedPlace[] = [
  {
    name: 'webhook_endpoint.sealed_secrets',
    page: sql('page_endpoints'),
    put: sql('put_endpoints'),
  },
  {
    name: 'web_push_subscription.sealed_address',
    page: sql('page_browsers'),
    put: sql('put_browsers'),
  },
  {
    name: 'web_push_key.sealed_private_key',
    page: sql('page_push_keys'),
    put: sql('put_push_keys'),
  },
]
