import { Type } from 'typebox'

import {
  MOST_PICTURE_TEXT,
  newsStates,
  subscriptionStates,
  subscriptionWays,
  type FeedItem,
  type News,
  type Subscription,
} from '../../modules/notice/notice.ts'
import { Body, CurrencyCode, IdText, LARGEST_SUMMAND, orNull, Text, Time, Words } from './shared.ts'

// As `Text`, and lines may end.
const PARAGRAPHS = '^[^\\u0000-\\u0009\\u000b-\\u001f\\u007f\\ud800-\\udfff]+$'

/** A text of some lines, without other control characters. */
export const Paragraphs = (maxLength: number, options: object = {}) =>
  Type.String({ minLength: 1, maxLength, pattern: PARAGRAPHS, ...options })

const Price = () => Type.Integer({ minimum: 0, maximum: LARGEST_SUMMAND, examples: [590] })

// Read by our own code, which says what is wrong with it.
const PictureText = () =>
  Type.String({
    ...{ maxLength: MOST_PICTURE_TEXT + 1_000, examples: ['data:image/png;base64,iVBORw0KGgo…'] },
    description: 'A PNG, JPEG or WebP picture as a `data:` URL, 100 kB at most',
  })

const fields = {
  title: Text(60, { examples: ['周末酸奶第二件半价'] }),
  text: Paragraphs(2_000, { examples: ['本周六、日，原味酸奶第二件半价。'] }),
  picture: Type.Optional(orNull(PictureText())),
  product: Type.Optional(orNull(IdText('prd', { description: 'What it is about' }))),
  price: Type.Optional(orNull(Price())),
  valid_from: Type.Optional(Time({ description: 'Now, when left out' })),
  valid_until: Time(),
}

/** POST /v1/news. */
export const NewsBody = Body({
  merchant: Type.Optional(IdText('mch', { description: 'Named by the operator' })),
  ...fields,
})

/** PATCH /v1/news/{id}; null takes away what may be missing. */
export const NewsChangeBody = Body(
  {
    ...fields,
    title: Type.Optional(fields.title),
    text: Type.Optional(fields.text),
    valid_until: Type.Optional(fields.valid_until),
  },
  { minProperties: 1 },
)

const example = (kind: string) => Type.String({ examples: [`${kind}_01kaqb2m5vf7esx3d9w8r6t4yz`] })

const shownText = {
  title: Type.String(),
  text: Type.String(),
  has_picture: Type.Boolean({ description: 'Then GET /v1/news/{id}/picture answers it' }),
  price: orNull(Price()),
  currency: CurrencyCode(),
  valid_from: Time(),
  valid_until: Time(),
}

/** News as its merchant and the operator see it. */
export const NewsView = Type.Object(
  {
    object: Type.Literal('news'),
    id: example('nws'),
    merchant: example('mch'),
    ...shownText,
    product: orNull(example('prd')),
    state: Words(newsStates),
    published_at: orNull(Time()),
    delivered_count: Type.Integer({ description: 'How many payers were given it' }),
    read_count: Type.Integer({ description: 'How many of them have read it' }),
    created_at: Time(),
    updated_at: Time(),
  },
  { title: 'News' },
)

const plainText = (news: News | FeedItem) => ({
  title: news.title,
  text: news.body,
  has_picture: news.hasPicture,
  price: news.priceMinor === null ? null : Number(news.priceMinor),
  currency: news.currency,
  valid_from: news.validFrom.toISOString(),
  valid_until: news.validUntil.toISOString(),
})

export const showNews = (news: News) => ({
  object: 'news' as const,
  id: news.id,
  merchant: news.merchantId,
  ...plainText(news),
  product: news.productId,
  state: news.state,
  published_at: news.publishedAt?.toISOString() ?? null,
  delivered_count: news.given,
  read_count: news.read,
  created_at: news.createdAt.toISOString(),
  updated_at: news.updatedAt.toISOString(),
})

/** News as it stands in a payer's feed. */
export const FeedItemView = Type.Object(
  {
    object: Type.Literal('feed_item'),
    id: Type.String({
      examples: ['nws_01kaqb2m5vf7esx3d9w8r6t4yz'],
      description: 'Of the news',
    }),
    merchant: example('mch'),
    merchant_name: Type.String(),
    subscription: Words(subscriptionStates),
    ...shownText,
    product: orNull(
      Type.Object({
        id: example('prd'),
        name: Type.String(),
        name_en: orNull(Type.String()),
      }),
    ),
    delivered_at: Time(),
    read_at: orNull(Time()),
  },
  { title: 'FeedItem' },
)

export const showFeedItem = (item: FeedItem) => ({
  object: 'feed_item' as const,
  id: item.id,
  merchant: item.merchantId,
  merchant_name: item.merchantName,
  subscription: item.subscription,
  ...plainText(item),
  product: item.product && {
    id: item.product.id,
    name: item.product.name,
    name_en: item.product.nameEn,
  },
  delivered_at: item.deliveredAt.toISOString(),
  read_at: item.readAt?.toISOString() ?? null,
})

/** PUT /v1/subscriptions/{merchant}. */
export const SubscriptionBody = Body({
  state: Words(subscriptionStates, {
    description: '`muted`: nothing new comes. `left`: nothing at all, also after a payment',
  }),
  reached_by: Type.Optional(
    Words(['scanned', 'chosen'], { description: 'How it began; `chosen` when left out' }),
  ),
})

/** What a payer hears of a merchant. */
export const SubscriptionView = Type.Object(
  {
    object: Type.Literal('subscription'),
    id: Type.String({
      examples: ['mch_01kaqb2m5vf7esx3d9w8r6t4yz'],
      description: 'Of the merchant',
    }),
    merchant_name: Type.String(),
    state: Words(subscriptionStates),
    reached_by: Words(subscriptionWays),
    since: Time(),
  },
  { title: 'Subscription' },
)

export const showSubscription = (one: Subscription) => ({
  object: 'subscription' as const,
  id: one.merchantId,
  merchant_name: one.merchantName,
  state: one.state,
  reached_by: one.reachedBy,
  since: one.since.toISOString(),
})
