import { loadSql, type Db, type Tx } from '../database/database.ts'
import { AppError } from '../errors/errors.ts'
import {
  availableMinor,
  bankCash,
  cardAccount,
  openAccounts,
  post,
  readBalances,
  walletBalance,
} from '../ledger/ledger.ts'
import { assert } from '../lib/assert.ts'
import type { Currency } from '../money/money.ts'
import { institutionIn } from '../party/party.ts'
import { record } from '../trail/trail.ts'
import type { Act, PayerKey } from './payer.ts'

const sql = loadSql(new URL('./payer.sql', import.meta.url))

/** What a payer can pay from. Source: P9, P10. */
export type Source = {
  id: string
  kind: 'balance' | 'card'
  /** As the payer knows it; the stored balance's is Chinese, and apps go by its kind. */
  label: string
  last4: string | null
  ledgerAccountId: string
  /** What may be spent now. Read without a lock: for showing, never for deciding. */
  availableMinor: bigint
  currency: Currency
  isChosen: boolean
  state: 'active' | 'closed'
}

const BALANCE_LABEL = '余额'

type NewSource = PayerKey & { id: string; currency: Currency }

/** Opens the stored balance of a new payer, empty. The same id again changes nothing. */
export async function createBalance(tx: Tx, source: NewSource, now: Date): Promise<void> {
  const { institutionId, payerId, id, currency } = source
  const accountId = walletBalance(payerId)
  const values = [institutionId, id, payerId, 'balance', BALANCE_LABEL, null, accountId, now]
  tx.send(sql('create_source'), values)
  const account = { id: accountId, currency, normalSide: 'credit', floorMinor: 0n } as const
  await openAccounts(tx, institutionId, [account], now)
}

export type NewCard = NewSource & { label: string; last4: string; openingMinor: bigint }

/**
 * Opens a card account at this institution for a payer: a ledger account, and what is on it as a
 * transfer from the bank. No card number exists, only four digits to know it by. The same id again
 * changes nothing.
 *
 * @throws AppError INVALID_REQUEST (no such payer), CURRENCY_NOT_SUPPORTED
 *
 * Source: DESIGN §10 (a card at this institution), §5 (opening balances are transfers too).
 */
export async function openCard(tx: Tx, card: NewCard, { actor, trailId, now }: Act): Promise<void> {
  const { institutionId, payerId, id, currency, label, last4, openingMinor } = card
  const institution = await institutionIn(tx, institutionId)
  if (currency !== institution.currency) {
    throw new AppError('CURRENCY_NOT_SUPPORTED', { param: 'currency' })
  }
  const [payer] = await tx.many(sql('read_payer'), [institutionId, payerId])
  if (!payer) throw new AppError('INVALID_REQUEST', { param: 'payer' })
  const accountId = cardAccount(id)
  const values = [institutionId, id, payerId, 'card', label, last4, accountId, now]
  const [opened] = await tx.many(sql('create_source'), values)
  if (!opened) return

  const account = { id: accountId, currency, normalSide: 'credit', floorMinor: 0n } as const
  await openAccounts(tx, institutionId, [account], now)
  const transfer = {
    ...{ subjectId: id, leg: 1, kind: 'opening_balance', eventAt: now },
    ...{ debitAccountId: bankCash, creditAccountId: accountId },
    ...{ currency, amountMinor: openingMinor },
  }
  if (openingMinor > 0n) {
    assert(await post(tx, institutionId, [transfer]), 'the bank account has no floor')
  }
  const detail = { payer: payerId, label, last4, opening_minor: openingMinor.toString(), currency }
  const entry = { id: trailId, at: now, actor, action: 'card.open', subject: id, detail }
  await record(tx, institutionId, [entry])
}

/** A payer's sources, the oldest first, with what may be spent from each. */
export async function listSources(
  db: Pick<Db, 'read'>,
  { institutionId, payerId }: PayerKey,
): Promise<Source[]> {
  const rows = await db.read<SourceRow>(sql('read_sources'), [institutionId, payerId])
  const accountIds = rows.map((row) => row.ledger_account_id)
  const accounts = await readBalances(db, institutionId, accountIds)
  return rows.map((row) => {
    const account = accounts.get(row.ledger_account_id)
    assert(account, 'a source has its account')
    return {
      id: row.id,
      kind: row.kind,
      label: row.label,
      last4: row.last4,
      ledgerAccountId: row.ledger_account_id,
      availableMinor: availableMinor(account) ?? 0n,
      currency: account.currency,
      isChosen: row.is_chosen,
      state: row.state,
    }
  })
}

/**
 * Makes a source the one that new payment codes are for.
 *
 * @throws AppError NOT_FOUND when it is closed, or is not this payer's
 */
export async function chooseSource(
  tx: Tx,
  { institutionId, payerId, sourceId }: PayerKey & { sourceId: string },
): Promise<void> {
  const [chosen] = await tx.many(sql('choose_source'), [institutionId, payerId, sourceId])
  if (!chosen) throw new AppError('NOT_FOUND')
}

type SourceRow = {
  id: string
  kind: Source['kind']
  label: string
  last4: string | null
  ledger_account_id: string
  state: Source['state']
  is_chosen: boolean
}
