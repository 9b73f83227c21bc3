/** News, subscriptions and feedback as the API sends them. Amounts are integers in minor units. */

type NewsText = {
  title: string
  text: string
  has_picture: boolean
  price: number | null
  currency: string
  valid_from: string
  valid_until: string
}

export type News = NewsText & {
  object: 'news'
  id: string
  merchant: string
  product: string | null
  state: 'draft' | 'published' | 'withdrawn'
  published_at: string | null
  delivered_count: number
  read_count: number
  created_at: string
  updated_at: string
}

export type SubscriptionState = 'on' | 'muted' | 'left'

export type FeedItem = NewsText & {
  object: 'feed_item'
  /** Of the news. */
  id: string
  merchant: string
  merchant_name: string
  subscription: SubscriptionState
  product: { id: string; name: string; name_en: string | null } | null
  delivered_at: string
  read_at: string | null
}

export type Subscription = {
  object: 'subscription'
  /** Of the merchant. */
  id: string
  merchant_name: string
  state: SubscriptionState
  reached_by: 'paid' | 'scanned' | 'chosen'
  since: string
}

export type Feedback = {
  object: 'feedback'
  id: string
  payment: string
  merchant: string
  /** The first sign of it. */
  payer_name: string
  rating: number
  text: string | null
  created_at: string
  answer: string | null
  answered_at: string | null
}
