import { Type } from 'typebox'

import type { Feedback } from '../../modules/notice/notice.ts'
import { Paragraphs } from './news.ts'
import { maskName } from './payment.ts'
import { Body, IdText, ListQuery, orNull, QueryFlag, Time } from './shared.ts'

const Rating = () => Type.Integer({ minimum: 1, maximum: 5, examples: [5], description: 'Stars' })

/** POST /v1/payments/{id}/feedback. */
export const FeedbackBody = Body({
  rating: Rating(),
  text: Type.Optional(orNull(Paragraphs(500, { examples: ['酸奶很新鲜，收银很快。'] }))),
})

/** POST /v1/feedback/{id}/answer. */
export const AnswerBody = Body({ text: Paragraphs(500, { examples: ['谢谢，欢迎再来！'] }) })

/** GET /v1/feedback. */
export const FeedbackQuery = ListQuery({
  merchant: Type.Optional(IdText('mch')),
  payment: Type.Optional(IdText('pay')),
  answered: QueryFlag('Only what is answered, or only what is not'),
})

/** Feedback as payer, merchant and operator see it: who paid is known by the first sign alone. */
export const FeedbackView = Type.Object(
  {
    object: Type.Literal('feedback'),
    id: Type.String({ examples: ['fbk_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    payment: Type.String({ examples: ['pay_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    merchant: Type.String({ examples: ['mch_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    payer_name: Type.String({ examples: ['李*'] }),
    rating: Rating(),
    text: orNull(Type.String()),
    created_at: Time(),
    answer: orNull(Type.String()),
    answered_at: orNull(Time()),
  },
  { title: 'Feedback' },
)

export const showFeedback = (feedback: Feedback) => ({
  object: 'feedback' as const,
  id: feedback.id,
  payment: feedback.paymentId,
  merchant: feedback.merchantId,
  payer_name: maskName(feedback.payerName),
  rating: feedback.rating,
  text: feedback.body,
  created_at: feedback.givenAt.toISOString(),
  answer: feedback.answer,
  answered_at: feedback.answeredAt?.toISOString() ?? null,
})
