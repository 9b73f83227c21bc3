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

const sql = loadSql(new URL('./source.sql', import.meta.url))

type Common = {
  id: string
  /** As the payer knows it; the stored balance's is Chinese, and apps go by its kind. */
  label: string
  last4: string | null
  currency: Currency
  isChosen: boolean
  /** The payer's own order: 1 is the first. */
  rank: number
  state: 'active' | 'closed'
}

/** An account at this institution: the stored balance, or a card that the operator has opened. */
export type OwnSource = Common & {
  kind: 'balance' | 'card'
  ledgerAccountId: string
  channelAccountId: null
  /** What may be spent now. Read without a lock: for showing, never for deciding. */
  availableMinor: bigint
}

/** An account at a scheme: `linked` (WeChat, Alipay), or a `bank_card` on file at UnionPay. */
export type LinkedSource = Common & {
  kind: 'linked' | 'bank_card'
  ledgerAccountId: null
  /** Through which it is charged. */
  channelAccountId: string
  /** Only the scheme knows. */
  availableMinor: null
}

/** What a payer can pay from. Source: P9, P10. */
export type Source = OwnSource | LinkedSource

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

async function isPayer(tx: Tx, { institutionId, payerId }: PayerKey): Promise<boolean> {
  const [payer] = await tx.many(sql('is_payer'), [institutionId, payerId])
  return payer !== undefined
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
  if (!(await isPayer(tx, { institutionId, payerId })))
    throw new AppError('INVALID_REQUEST', { param: 'payer' })
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

/** A payer's sources in the payer's order, with what may be spent from each. */
export async function listSources(
  db: Pick<Db, 'read'>,
  { institutionId, payerId }: PayerKey,
): Promise<Source[]> {
  const rows = await db.read<SourceRow>(sql('read_sources'), [institutionId, payerId])
  const accountIds = rows.flatMap((row) => row.ledger_account_id ?? [])
  const accounts = await readBalances(db, institutionId, accountIds)
  return rows.map((row, at): Source => {
    const { id, label, last4, state, is_chosen: isChosen } = row
    const common = { id, label, last4, state, isChosen, rank: at + 1 }
    if (row.ledger_account_id === null) {
      const { kind, channel_account_id: channelAccountId } = row
      const nothingHere = { ledgerAccountId: null, availableMinor: null }
      return { ...common, kind, channelAccountId, ...nothingHere, currency: row.currency }
    }
    const account = accounts.get(row.ledger_account_id)
    assert(account, 'a source here has its account')
    const { kind, ledger_account_id: ledgerAccountId } = row
    const spendable = { availableMinor: availableMinor(account) ?? 0n, currency: account.currency }
    return { ...common, kind, ledgerAccountId, channelAccountId: null, ...spendable }
  })
}

/** A source as the choice among sources sees it. */
export type UsableSource = Pick<
  Source,
  'kind' | 'label' | 'rank' | 'ledgerAccountId' | 'channelAccountId'
> & { payerId: string; sourceId: string }

/**
 * What these payers can pay from: sources that are not closed, each payer's in the payer's order.
 * Exactly one of `ledgerAccountId` and `channelAccountId` is set.
 *
 * Source: P9, P10.
 */
export async function readUsableSources(
  tx: Pick<Tx, 'many'>,
  institutionId: string,
  payerIds: readonly string[],
): Promise<UsableSource[]> {
  type Row = {
    payer_id: string
    source_id: string
    kind: Source['kind']
    label: string
    ledger_account_id: string | null
    channel_account_id: string | null
  }
  const rows = await tx.many<Row>(sql('read_usable_sources'), [institutionId, payerIds])
  const seen = new Map<string, number>()
  return rows.map((row) => {
    const rank = (seen.get(row.payer_id) ?? 0) + 1
    seen.set(row.payer_id, rank)
    return {
      payerId: row.payer_id,
      sourceId: row.source_id,
      kind: row.kind,
      label: row.label,
      rank,
      ledgerAccountId: row.ledger_account_id,
      channelAccountId: row.channel_account_id,
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

/**
 * Sets the order in which the payer would rather pay. Those not named follow, the oldest first.
 *
 * @throws AppError INVALID_REQUEST when one is named twice, is closed, or is not this payer's
 *
 * Source: P10.
 */
export async function orderSources(
  tx: Tx,
  { institutionId, payerId, sourceIds }: PayerKey & { sourceIds: readonly string[] },
): Promise<void> {
  const usable = await readUsableSources(tx, institutionId, [payerId])
  const own = new Set(usable.map(({ sourceId }) => sourceId))
  const isOnce = new Set(sourceIds).size === sourceIds.length
  if (!isOnce || !sourceIds.every((id) => own.has(id))) {
    throw new AppError('INVALID_REQUEST', { param: 'sources' })
  }
  tx.send(sql('order_sources'), [institutionId, payerId, sourceIds])
}

type SourceRow = {
  id: string
  label: string
  last4: string | null
  state: Source['state']
  is_chosen: boolean
  currency: Currency
} & (
  | { kind: OwnSource['kind']; ledger_account_id: string; channel_account_id: null }
  | { kind: LinkedSource['kind']; ledger_account_id: null; channel_account_id: string }
)
