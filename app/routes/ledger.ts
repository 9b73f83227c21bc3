import { Type } from 'typebox'

import { AppError } from '../../modules/errors/errors.ts'
import {
  balanceMinor,
  merchantPayable,
  readAccounts,
  readBalances,
  readTransfersOfAccount,
  readTransfersOfSubject,
  type Account,
  type PostedTransfer,
} from '../../modules/ledger/ledger.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { merchantScope, type Principal } from '../http/principal.ts'
import { showTransfer } from '../schemas/expand.ts'
import { TransferView } from '../schemas/payment.ts'
import {
  CurrencyCode,
  found,
  ListOf,
  ListQuery,
  orNull,
  readPage,
  showList,
  Words,
} from '../schemas/shared.ts'
import type { Context } from './routes.ts'

type Io = Context['io']

const AccountId = Type.String({
  pattern: '^[a-z0-9_:]{1,100}$',
  examples: ['merchant:mch_01kaqb2m5vf7esx3d9w8r6t4yz:payable'],
})

const AccountView = Type.Object(
  {
    object: Type.Literal('ledger_account'),
    id: AccountId,
    currency: CurrencyCode(),
    normal_side: Words(['debit', 'credit']),
    balance: Type.Integer({ description: 'On the normal side, in minor units' }),
    debits_posted: Type.Integer(),
    credits_posted: Type.Integer(),
    floor: orNull(Type.Integer({ description: 'What the balance may sink to; null: any depth' })),
  },
  { title: 'LedgerAccount' },
)

const showAccount = (account: Account) => ({
  object: 'ledger_account' as const,
  id: account.id,
  currency: account.currency,
  normal_side: account.normalSide,
  balance: Number(balanceMinor(account)),
  debits_posted: Number(account.debitsPostedMinor),
  credits_posted: Number(account.creditsPostedMinor),
  floor: account.floorMinor === null ? null : Number(account.floorMinor),
})

/** The books: the operator sees all of them, a merchant its own account. Source: P26. */
export function ledgerRoutes(app: App, { io }: Context): void {
  accountListRoute(app, io)
  accountRoute(app, io)
  transferRoute(app, io)
}

function accountListRoute(app: App, io: Io): void {
  app.get(
    '/v1/ledger_accounts',
    {
      schema: {
        summary: 'List ledger accounts, in the order of their ids',
        querystring: ListQuery({
          prefix: Type.Optional(
            Type.String({
              pattern: '^[a-z0-9_:]{1,100}$',
              description: 'How the ids begin',
              examples: ['merchant:'],
            }),
          ),
        }),
        response: { 200: ListOf(AccountView) },
      },
      config: allow('operator', 'merchant'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { query } = request
      const { limit, startingAfter } = readPage(query)
      const page = { limit, after: startingAfter ?? '', prefix: query.prefix ?? '' }
      const own = ownAccount(principal)
      const { institutionId } = principal
      const accounts =
        own === null
          ? await readAccounts(io.db, institutionId, page)
          : await pageOfOne(io, { institutionId, id: own }, page)
      return showList(accounts, query, { url: '/v1/ledger_accounts', show: showAccount })
    },
  )
}

/** A merchant's own list: its one account, if that is on the page at all. */
async function pageOfOne(
  io: Io,
  { institutionId, id }: { institutionId: string; id: string },
  { after, prefix }: { after: string; prefix: string },
): Promise<Account[]> {
  const accounts = await readBalances(io.db, institutionId, [id])
  return [...accounts.values()].filter(() => id > after && id.startsWith(prefix))
}

function accountRoute(app: App, io: Io): void {
  app.get(
    '/v1/ledger_accounts/:id',
    {
      schema: {
        summary: 'Look at one ledger account',
        params: Type.Object({ id: AccountId }),
        response: { 200: AccountView },
      },
      config: allow('operator', 'merchant'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { id } = request.params
      refuseOthers(principal, id)
      const accounts = await readBalances(io.db, principal.institutionId, [id])
      return showAccount(found(accounts.get(id)))
    },
  )
}

function transferRoute(app: App, io: Io): void {
  app.get(
    '/v1/ledger_transfers',
    {
      schema: {
        summary: 'List the transfers of an account, or about a subject',
        querystring: ListQuery({
          account: Type.Optional(AccountId),
          subject: Type.Optional(
            Type.String({
              pattern: '^[a-z0-9_]{1,64}$',
              description: 'The payment, or what else they are about',
            }),
          ),
        }),
        response: { 200: ListOf(TransferView) },
      },
      config: allow('operator', 'merchant'),
    },
    async (request) => {
      const principal = principalOf(request)
      const { query } = request
      const { account, subject } = query
      if (account !== undefined) refuseOthers(principal, account)
      const accountId = account ?? ownAccount(principal)
      const transfers =
        subject === undefined
          ? await pageOfAccount(io, principal, accountId, readPage(query))
          : await pageOfSubject(io, principal, { subject, accountId }, readPage(query))
      const show = (transfer: PostedTransfer) => showTransfer(transfer, principal)
      return showList(transfers, query, { url: '/v1/ledger_transfers', show })
    },
  )
}

type Page = ReturnType<typeof readPage>

async function pageOfAccount(
  io: Io,
  { institutionId }: Principal,
  accountId: string | null,
  { limit, startingAfter }: Page,
): Promise<PostedTransfer[]> {
  if (accountId === null) throw new AppError('INVALID_REQUEST', { param: 'account' })
  const before = readTransferId(startingAfter)
  const page = { limit, ...(before && { before }) }
  return readTransfersOfAccount(io.db, institutionId, accountId, page)
}

/** A subject has few transfers, so they are all read, in the order of their legs. */
async function pageOfSubject(
  io: Io,
  { institutionId }: Principal,
  { subject, accountId }: { subject: string; accountId: string | null },
  { startingAfter }: Page,
): Promise<PostedTransfer[]> {
  const lastLeg = readTransferId(startingAfter)?.leg ?? 0
  const transfers = await readTransfersOfSubject(io.db, institutionId, subject)
  return transfers.filter(
    ({ leg, debitAccountId, creditAccountId }) =>
      leg > lastLeg &&
      (accountId === null || accountId === debitAccountId || accountId === creditAccountId),
  )
}

/** Reads what `showTransfer` calls a transfer: the subject, a dash, and the leg. */
function readTransferId(id: string | null): { subjectId: string; leg: number } | null {
  if (id === null) return null
  const parts = /^([a-z0-9_]{1,64})-([0-9]{1,4})$/.exec(id)
  if (!parts) throw new AppError('INVALID_REQUEST', { param: 'starting_after' })
  return { subjectId: parts[1] ?? '', leg: Number(parts[2]) }
}

/** The one account that a merchant may look at; null for the operator, who may look at all. */
function ownAccount(principal: Principal): string | null {
  const merchantId = merchantScope(principal, undefined)
  return merchantId === null ? null : merchantPayable(merchantId)
}

function refuseOthers(principal: Principal, accountId: string): void {
  const own = ownAccount(principal)
  if (own !== null && own !== accountId) throw new AppError('NOT_FOUND')
}
