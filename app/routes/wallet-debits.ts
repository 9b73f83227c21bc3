import {
  checkPin,
  confirmDebit,
  declineDebit,
  listDebits,
  readDebit,
} from '../../modules/wallet/wallet.ts'
import { allow, principalOf } from '../http/auth.ts'
import type { App } from '../http/http.ts'
import { Body, found, ListOf, ListQuery, PathId, readPage, showList } from '../schemas/shared.ts'
import { showWalletDebit, WalletDebitView } from '../schemas/wallet-debit.ts'
import { Pin } from './payers.ts'
import type { Context } from './routes.ts'

/** What merchants of other institutions have taken from me, and what waits for my PIN. */
export function walletDebitRoutes(app: App, { io }: Context): void {
  const common = { params: PathId('wdb'), response: { 200: WalletDebitView } }
  app.get(
    '/v1/wallet_debits',
    {
      schema: {
        summary: 'List what merchants of other institutions took from me',
        querystring: ListQuery({}),
        response: { 200: ListOf(WalletDebitView) },
      },
      config: allow('payer'),
    },
    async (request) => {
      const { institutionId, id: payerId } = principalOf(request)
      const debits = await listDebits(io.db, { institutionId, payerId }, readPage(request.query))
      return showList(debits, request.query, { url: '/v1/wallet_debits', show: showWalletDebit })
    },
  )

  app.get(
    '/v1/wallet_debits/:id',
    { schema: { summary: 'One of them', ...common }, config: allow('payer') },
    async (request) => {
      const { institutionId, id: payerId } = principalOf(request)
      const key = { institutionId, payerId, debitId: request.params.id }
      return showWalletDebit(found(await readDebit(io.db, key)))
    },
  )

  app.post(
    '/v1/wallet_debits/:id/confirm',
    {
      schema: { summary: 'Approve one that waits for my PIN', body: Body({ pin: Pin }), ...common },
      config: { ...allow('payer'), refusals: ['PIN_WRONG', 'PAYER_FROZEN'] },
    },
    async (request) => {
      const { institutionId, id: payerId } = principalOf(request)
      const key = { institutionId, payerId, debitId: request.params.id }
      // First whether there is anything to approve: a PIN must not be asked for in vain.
      const before = found(await readDebit(io.db, key))
      if (before.state !== 'waiting') return showWalletDebit(before)
      await checkPin(io, { institutionId, payerId, pin: request.body.pin })
      return showWalletDebit(await confirmDebit(io, key))
    },
  )

  app.post(
    '/v1/wallet_debits/:id/decline',
    {
      schema: { summary: 'Say no to one that waits for my PIN', body: Body({}), ...common },
      config: { ...allow('payer'), mayLackBody: true, refusals: ['PAYMENT_FINAL'] },
    },
    async (request) => {
      const { institutionId, id: payerId } = principalOf(request)
      const key = { institutionId, payerId, debitId: request.params.id }
      return showWalletDebit(await declineDebit(io, key))
    },
  )
}
