/** A login as it may lie open on a desk: `138****8000` of a phone number, `z***i` of a name. */
export function maskLogin(login: string): string {
  const signs = [...login]
  const isPhone = /^\d{11}$/.test(login)
  const [before, after] = isPhone ? [3, 4] : [1, signs.length > 2 ? 1 : 0]
  const hidden = isPhone ? '****' : '***'
  return signs.slice(0, before).join('') + hidden + signs.slice(signs.length - after).join('')
}
