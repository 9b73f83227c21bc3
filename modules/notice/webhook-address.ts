import { BlockList, isIP } from 'node:net'

// Which addresses a merchant may have us call. We call from inside our own network, so an address
// that leads back into it would make us a tool against ourselves (SSRF).

const MOST_CHARACTERS = 2_048

// The usual ports of web servers. Any other may be somebody's database or mail server.
const ports = new Set(['', '443', '8443', '9443'])

// What is no public IPv4 address. Source: IANA IPv4 Special-Purpose Address Registry; and the last
// one, from which machines at Azure read about themselves.
const closedIpv4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16'],
  ...['172.16.0.0/12', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16'],
  ...['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  '168.63.129.16/32',
]

// Public IPv6 addresses are all in 2000::/3. Of these: protocol assignments (Teredo among them),
// documentation, and 6to4, which carries an IPv4 address. Source: IANA IPv6 registries.
const openIpv6 = ['2000::/3']
const closedIpv6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

const closed4 = listOf(closedIpv4, 'ipv4')
const open6 = listOf(openIpv6, 'ipv6')
const closed6 = listOf(closedIpv6, 'ipv6')

function listOf(networks: readonly string[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    list.addSubnet(address, Number(bits), family)
  }
  return list
}

/**
 * Whether an IP address is one of the public internet. What is none, or is written in another form,
 * is not; IPv6 that carries IPv4 inside is not either, for nobody publishes such.
 */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !closed4.check(address, 'ipv4')
    case 6:
      return (
        !address.includes('%') && open6.check(address, 'ipv6') && !closed6.check(address, 'ipv6')
      )
    default:
      return false
  }
}

/** Why an address is not called. In words for the person who typed it. */
export const urlRefusals = {
  not_a_url: 'must be an absolute address of at most 2048 characters',
  not_https: 'must begin with https://',
  has_credentials: 'must not hold a user name or a password',
  has_fragment: 'must not have a part behind #',
  port_refused: 'must be on port 443, 8443 or 9443',
  host_refused: 'must name a host of the public internet',
  name_not_found: 'must name a host that the DNS knows',
  address_refused: 'must lead to an address of the public internet',
} as const

export type UrlRefusal = keyof typeof urlRefusals

// Names that never leave a network. Source: RFC 6761, RFC 6762, RFC 8375; .internal by ICANN, 2024.
const innerName = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|arpa|onion|test|invalid)$/

/**
 * Reads the address of a webhook, and refuses what must not be called; where its host leads is
 * looked at when it is called. `allowPrivate` (demo and development) lets http, any port, and any
 * host pass.
 */
export function readUrl(
  text: string,
  { allowPrivate }: { allowPrivate: boolean },
): URL | UrlRefusal {
  const url = text.length <= MOST_CHARACTERS && URL.canParse(text) ? new URL(text) : null
  if (!url || !/^https?:\/\//i.test(text)) return 'not_a_url'
  if (url.protocol !== 'https:' && !allowPrivate) return 'not_https'
  if (url.username !== '' || url.password !== '') return 'has_credentials'
  if (text.includes('#')) return 'has_fragment'
  if (allowPrivate) return url
  if (!ports.has(url.port)) return 'port_refused'
  const literal = addressIn(url)
  if (literal !== null) return isPublicAddress(literal) ? url : 'address_refused'
  const host = url.hostname.replace(/\.$/, '')
  return !host.includes('.') || innerName.test(host) ? 'host_refused' : url
}

/** The IP address that a URL names instead of a host, without brackets; null for a host. */
export function addressIn({ hostname }: URL): string | null {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1')
  return isIP(bare) === 0 ? null : bare
}
