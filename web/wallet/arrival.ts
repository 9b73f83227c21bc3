/**
 * Where somebody who comes from another page wants to be: back from linking an account
 * (`?linked=src_…`), or from a merchant's page with an order to pay (`?pay=o_…`). Null: nowhere else.
 */
export function placeOfArrival(search: string): string | null {
  const query = new URLSearchParams(search)
  const [linked, token] = [query.get('linked'), query.get('pay')]
  if (linked && /^src_[0-9a-z]+$/.test(linked)) return `accounts/link/${linked}`
  return token && /^[om]_[0-9a-z]+_[0-9a-z]+$/.test(token) ? `pay/${token}` : null
}
