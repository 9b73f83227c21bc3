import { tellUnlinks } from '../../modules/wallet/wallet.ts'
import type { OpenIo } from '../io.ts'
import { accountsAtRest } from './checks.ts'
import { startPaced, type Paced } from './pace.ts'

/**
 * Tells the schemes of one institution which accounts its payers have unlinked. It runs beside the other
 * consumers, so that a scheme that does not answer holds up none of them.
 *
 * Source: P9; DESIGN §5 (outbox).
 */
export const startUnlinks = (io: OpenIo, institutionId: string): Paced =>
  startPaced(() => tellUnlinks(io, institutionId, accountsAtRest(io, institutionId)), {
    log: io.log,
    trouble: 'the schemes cannot be told of unlinked accounts',
    about: { institutionId },
  })
