/** One page of a list that goes from the newest to the oldest. */
export type Page = {
  /** How many at most. Ask for one more than is shown to learn whether there are more. */
  limit: number
  /** The id after which the page begins; null for the first page. */
  startingAfter: string | null
}
