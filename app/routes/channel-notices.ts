import { Type } from 'typebox'

import type { NoticeReply, ReadNotice, Road } from '../../modules/channel/channel.ts'
import { AppError } from '../../modules/errors/errors.ts'
import { recordOutcome } from '../../modules/payment/payment.ts'
import { newId } from '../../modules/lib/ids.ts'
import { recordRefundOutcome } from '../../modules/refund/refund.ts'
import { recordLink } from '../../modules/wallet/wallet.ts'
import type { App } from '../http/http.ts'
import type { OpenIo } from '../io.ts'
import { kindOf } from './linked-accounts.ts'
import type { Context } from './routes.ts'

// Notices are small; a counterpart that sends more is none.
const LARGEST_NOTICE = 64 * 1024

/**
 * Where counterparts tell what became of charges, refunds and linked accounts. The address names the institution and
 * the channel account, whose keys check the signature: a forged notice, one about another's charge,
 * and one that was told before have no effect.
 *
 * Source: P5; DESIGN §3 (one door for every channel outcome), §4 (notice URLs name the institution).
 */
export function channelNoticeRoutes(app: App, { io }: Context): void {
  app.register((inside, _options, registered) => {
    inside.removeAllContentTypeParsers()
    // Signatures are over the bytes, so nothing may read them before.
    inside.addContentTypeParser(
      '*',
      { parseAs: 'string', bodyLimit: LARGEST_NOTICE },
      (_, body, done) => done(null, body),
    )
    inside.post(
      '/v1/channel_notices/:institution/:account',
      {
        schema: {
          hide: true,
          params: Type.Object({ institution: Type.String(), account: Type.String() }),
        },
      },
      async (request, reply) => {
        const { institution: institutionId, account: accountId } = request.params as {
          institution: string
          account: string
        }
        const road = io.channels.road(institutionId, accountId)
        if (!road) throw new AppError('NOT_FOUND')
        const headers = Object.fromEntries(
          Object.entries(request.headers).map(([name, value]) => [name, value?.toString()]),
        )
        const body = typeof request.body === 'string' ? request.body : ''
        const notice = road.channel.readNotice({ headers, body })
        const answer = await takeIn(io, {
          institutionId,
          notice,
          road,
          reply: road.channel.replyTo,
        })
        return reply.code(answer.status).type(answer.contentType).send(answer.body)
      },
    )
    registered()
  })
}

type Incoming = {
  institutionId: string
  notice: ReadNotice
  road: Road
  reply: (notice: ReadNotice) => NoticeReply
}

async function takeIn(
  io: OpenIo,
  { institutionId, notice, road, reply }: Incoming,
): Promise<NoticeReply> {
  if (notice.kind === 'refused') {
    io.log.warn({ institutionId, problem: notice.problem }, 'a notice of a channel was refused')
    return reply(notice)
  }
  try {
    if (notice.kind === 'charge') {
      const { chargeId, outcome, amountMinor } = notice
      const word = { chargeId, outcome, by: 'notice', actor: 'channel' } as const
      const named = amountMinor !== null && { amountMinor }
      await recordOutcome(io, institutionId, { ...word, ...named })
    } else if (notice.kind === 'link') {
      const now = io.now()
      const act = { actor: 'channel', trailId: newId('trl', now.getTime()), now }
      const { linkId, linked } = notice
      const by = { channelAccountId: road.account.id, kind: kindOf(road), masterKey: io.masterKey }
      const word = { institutionId, linkId, linked, ...by } as const
      await io.db.transaction((tx) => recordLink(tx, word, act))
    } else {
      const { refundId, outcome } = notice
      const known = await recordRefundOutcome(io, institutionId, { refundId, outcome })
      if (!known) throw new AppError('NOT_FOUND')
    }
    return reply(notice)
  } catch (error) {
    // Signed, but about nothing of ours: told again it would be no truer.
    if (error instanceof AppError && error.code === 'NOT_FOUND')
      return reply({ kind: 'refused', problem: 'NOT_OURS' })
    throw error
  }
}
