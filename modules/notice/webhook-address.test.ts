import { expect, test } from 'vitest'

import { isPublicAddress, readUrl } from './webhook-address.ts'

test.each([
  ['8.8.8.8', 'open'],
  ['1.1.1.1', 'open'],
  ['100.63.255.255', 'open'],
  ['100.128.0.0', 'open'],
  ['172.15.255.255', 'open'],
  ['172.32.0.0', 'open'],
  ['169.253.255.255', 'open'],
  ['223.255.255.255', 'open'],
  ['0.0.0.0', 'closed'], // this host
  ['0.1.2.3', 'closed'],
  ['10.0.0.1', 'closed'], // private
  ['10.255.255.255', 'closed'],
  ['172.16.0.1', 'closed'],
  ['172.31.255.255', 'closed'],
  ['192.168.1.1', 'closed'],
  ['127.0.0.1', 'closed'], // loopback
  ['127.8.9.10', 'closed'],
  ['169.254.169.254', 'closed'], // link-local, and the metadata of most clouds
  ['169.254.0.23', 'closed'],
  ['100.64.0.1', 'closed'], // carrier-grade NAT
  ['100.100.100.200', 'closed'], // the metadata of Alibaba Cloud
  ['168.63.129.16', 'closed'], // and of Azure
  ['192.0.0.192', 'closed'], // and of Oracle
  ['192.0.2.1', 'closed'], // documentation
  ['198.51.100.7', 'closed'],
  ['203.0.113.7', 'closed'],
  ['198.18.0.1', 'closed'], // benchmarks
  ['192.88.99.1', 'closed'], // 6to4 relays
  ['224.0.0.1', 'closed'], // multicast
  ['239.255.255.250', 'closed'],
  ['240.0.0.1', 'closed'], // reserved
  ['255.255.255.255', 'closed'], // broadcast
  ['2606:4700:4700::1111', 'open'],
  ['2400:3200::1', 'open'],
  ['::', 'closed'],
  ['::1', 'closed'], // loopback
  ['fe80::1', 'closed'], // link-local
  ['fe80::1%eth0', 'closed'],
  ['fec0::1', 'closed'], // site-local of old
  ['fc00::1', 'closed'], // unique local
  ['fd00:ec2::254', 'closed'], // the metadata of AWS
  ['ff02::1', 'closed'], // multicast
  ['::ffff:127.0.0.1', 'closed'], // IPv4 inside IPv6
  ['::ffff:8.8.8.8', 'closed'],
  ['::ffff:7f00:1', 'closed'],
  ['::127.0.0.1', 'closed'],
  ['64:ff9b::7f00:1', 'closed'], // NAT64
  ['64:ff9b:1::1', 'closed'],
  ['2002:7f00:1::1', 'closed'], // 6to4
  ['2001::1', 'closed'], // Teredo
  ['2001:db8::1', 'closed'], // documentation
  ['3fff::1', 'closed'],
  ['5f00::1', 'closed'], // segment routing
  ['100::1', 'closed'], // discard
  ['localhost', 'closed'],
  ['0x7f.1', 'closed'],
  ['', 'closed'],
])('the address %s is %s', (address, expected) => {
  expect(isPublicAddress(address) ? 'open' : 'closed').toBe(expected)
})

const publicly = { allowPrivate: false }

test.each([
  ['https://shop.example.com/hooks', 'read'],
  ['https://shop.example.com:443/hooks?to=1', 'read'],
  ['https://shop.example.com:8443/', 'read'],
  ['HTTPS://Shop.Example.COM/hooks', 'read'],
  ['https://8.8.8.8/hooks', 'read'],
  ['https://[2606:4700:4700::1111]/hooks', 'read'],
  ['https://商店.example.com/', 'read'],
  ['', 'not_a_url'],
  ['/hooks', 'not_a_url'],
  ['shop.example.com', 'not_a_url'],
  ['https://', 'not_a_url'],
  ['ftp://shop.example.com/', 'not_a_url'],
  ['file:///etc/passwd', 'not_a_url'],
  ['gopher://shop.example.com/', 'not_a_url'],
  ['javascript:alert(1)', 'not_a_url'],
  [' https://shop.example.com/', 'not_a_url'],
  [`https://shop.example.com/${'a'.repeat(2_048)}`, 'not_a_url'],
  ['http://shop.example.com/', 'not_https'],
  ['https://user@shop.example.com/', 'has_credentials'],
  ['https://user:word@shop.example.com/', 'has_credentials'],
  ['https://shop.example.com/#part', 'has_fragment'],
  ['https://shop.example.com:22/', 'port_refused'],
  ['https://shop.example.com:80/', 'port_refused'],
  ['https://shop.example.com:5432/', 'port_refused'],
  ['https://localhost/', 'host_refused'],
  ['https://LOCALHOST./', 'host_refused'],
  ['https://api.localhost/', 'host_refused'],
  ['https://intranet/', 'host_refused'],
  ['https://printer.local/', 'host_refused'],
  ['https://metadata.google.internal/', 'host_refused'],
  ['https://127.0.0.1/', 'address_refused'],
  ['https://2130706433/', 'address_refused'], // 127.0.0.1 as one number
  ['https://0x7f.1/', 'address_refused'],
  ['https://0177.0.0.1/', 'address_refused'],
  ['https://127.1/', 'address_refused'],
  ['https://169.254.169.254/latest/meta-data/', 'address_refused'],
  ['https://[::1]/', 'address_refused'],
  ['https://[::ffff:127.0.0.1]/', 'address_refused'],
  ['https://[::ffff:a9fe:a9fe]/', 'address_refused'],
  ['https://127。0。0。1/', 'address_refused'], // full stops of another script
])('the address of a webhook %s: %s', (text, expected) => {
  const read = readUrl(text, publicly)
  expect(typeof read === 'string' ? read : 'read').toBe(expected)
})

test.each([
  ['http://127.0.0.1:18500/hooks', 'read'],
  ['http://localhost:3000/', 'read'],
  ['https://printer.local:631/', 'read'],
  ['http://user:word@localhost/', 'has_credentials'],
  ['file:///etc/passwd', 'not_a_url'],
])('in development %s: %s', (text, expected) => {
  const read = readUrl(text, { allowPrivate: true })
  expect(typeof read === 'string' ? read : 'read').toBe(expected)
})
