import { OperatorError } from '../../modules/database/operator-error.ts'
import { isOwnRoot } from '../../modules/party/party.ts'
import type { OpenIo } from '../io.ts'

/**
 * Refuses to work on data that was made with another root.
 *
 * @throws OperatorError
 */
export async function refuseOtherRoot({ db, pepper }: Pick<OpenIo, 'db' | 'pepper'>) {
  if (await isOwnRoot(db, pepper)) return
  throw new OperatorError(
    'The key (ONETILL_KEY, or the file "key" in the data folder) is not the one that this database ' +
      'was made with; put that one back.',
  )
}
