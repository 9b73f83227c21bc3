import { crc32, deflateSync } from 'node:zlib'

import type { Io } from '../../modules/io/io.ts'
import {
  chooseSubscription,
  createNews,
  givingNow,
  publishNews,
  readNews,
} from '../../modules/notice/notice.ts'
import { demoId, demoShop } from './shop.ts'

const { institution, merchant, currency } = demoShop
const institutionId = institution.id
const MONTH_MS = 30 * 24 * 60 * 60 * 1000

const news = {
  ...{ id: demoId('nws', 1), merchantId: merchant.id, currency, createdBy: 'command:seed' },
  title: '原味酸奶，第二杯半价',
  body: '本月每天 17 点以后，原味酸奶第二杯半价。\n早餐茶叶蛋配包子，再送一瓶矿泉水。',
  ...{ productId: demoId('prd', 4), priceMinor: 590n },
} as const

/**
 * Publishes one piece of the demo shop's news, to which the demo's payers listen. When it is there,
 * or was withdrawn since, nothing changes.
 */
export async function openDemoNews(io: Io, payerIds: readonly string[]): Promise<void> {
  if (await readNews(io.db, { institutionId, id: news.id })) return
  const giving = await givingNow(io, institutionId)
  const { now, day } = giving
  const validity = { validFrom: now, validUntil: new Date(now.getTime() + MONTH_MS) }
  const picture = { bytes: drawPicture(), mediaType: 'image/png' } as const
  await io.db.transaction(async (tx) => {
    createNews(tx, institutionId, { ...news, ...validity, picture }, now)
    await publishNews(tx, { institutionId, id: news.id }, { now, day, most: 1 })
    for (const payerId of payerIds) {
      const choice = { payerId, merchantId: merchant.id, state: 'on', reachedBy: 'paid' } as const
      chooseSubscription(tx, institutionId, choice, giving)
    }
  })
}

const [WIDTH, HEIGHT] = [640, 360]

type Colour = readonly [red: number, green: number, blue: number]

/** Two cups of yoghurt before an evening sky, as a PNG of some kilobytes. */
function drawPicture(): Uint8Array {
  const rows = Buffer.alloc(HEIGHT * (1 + WIDTH * 3))
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      rows.set(colourAt(x, y), y * (1 + WIDTH * 3) + 1 + x * 3)
    }
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(WIDTH, 0)
  head.writeUInt32BE(HEIGHT, 4)
  head.set([8, 2, 0, 0, 0], 8) // 8 bits a channel, red green blue, nothing else
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  const parts = [chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.of())]
  return Buffer.concat([signature, ...parts])
}

function colourAt(x: number, y: number): Colour {
  const near = Math.hypot(x - 470, y - 95)
  for (const middle of [230, 370]) {
    const width = 62 - (y - 150) * 0.09
    if (y > 150 && y < 300 && Math.abs(x - middle) < width) {
      if (y > 195 && y < 255) return [79, 193, 202]
      return Math.abs(x - middle) > width - 8 ? [226, 230, 231] : [250, 250, 247]
    }
    if (y > 136 && y <= 150 && Math.abs(x - middle) < 68) return [11, 107, 116]
  }
  if (y > 300) return [214, 190, 158]
  if (near < 44) return [255, 240, 205]
  const share = y / HEIGHT
  return [255 - 26 * share, 205 - 38 * share, 150 + 20 * share].map(Math.round) as unknown as Colour
}

/** Source: PNG (third edition), §5.3: length, type, contents, CRC of both. */
function chunk(type: string, contents: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), contents])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(contents.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}
