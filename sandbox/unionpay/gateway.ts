import type { Fault } from '../counterpart/faults.ts'
import { hasFault } from '../counterpart/faults.ts'
import type { Answer, Call } from '../counterpart/http.ts'
import { formOf } from '../counterpart/http.ts'
import { underFaults } from '../counterpart/under-faults.ts'
import { transactionOf } from './back.ts'
import { Refused } from './codes.ts'
import { openApp, openFront, refusalPage } from './front.ts'
import type { House } from './house.ts'
import { askedFor, query } from './query.ts'
import type { Asked } from './request.ts'
import { answer, of, readSigned } from './request.ts'
import type { Fields } from './wire.ts'

const GATEWAY = '/gateway/api/'

type Service = {
  plan: (asked: Asked) => Parameters<House['faults']['plan']>[0]['operation']
  run: (asked: Asked, faults: readonly Fault[]) => Answer
}

const services: Record<string, Service> = {
  'backTransReq.do': {
    plan: (asked) => transactionOf(asked)?.operation ?? 'other',
    run: (asked, faults) => {
      const transaction = transactionOf(asked)
      return transaction ? transaction.run(asked, faults) : answer(asked.house, asked.fields, '32')
    },
  },
  'queryTrans.do': {
    plan: (asked) => (askedFor(asked)?.txnType === '04' ? 'refund_query' : 'query'),
    run: query,
  },
  'appTransReq.do': { plan: () => 'order', run: openApp },
  'frontTransReq.do': { plan: () => 'order', run: openFront },
}

/** Answers `/gateway/api/…`; undefined when the path is another. */
export function answerGateway(house: House, call: Call): Promise<Answer> | undefined {
  if (call.method !== 'POST' || !call.path.startsWith(GATEWAY)) return undefined
  const name = call.path.slice(GATEWAY.length)
  const service = Object.hasOwn(services, name) ? services[name] : undefined
  return service && serve(house, call, service)
}

async function serve(house: House, call: Call, service: Service): Promise<Answer> {
  const fields: Fields = Object.fromEntries(formOf(call))
  const isPage = call.path.endsWith('frontTransReq.do')
  const guarded = (work: () => Answer): Answer => {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      return isPage
        ? refusalPage(error)
        : answer(house, fields, error.code, { detail: error.detail })
    }
  }
  let asked: Asked | undefined
  const refusal = guarded(() => {
    asked = readSigned(house, fields)
    return { status: 200 }
  })
  if (!asked) return refusal

  const known = asked
  const typed = of(fields, 'txnAmt')
  const faults = house.faults.plan({
    operation: service.plan(known),
    orderNo: of(fields, 'orderId'),
    ...(/^\d+$/.test(typed) && { amountMinor: BigInt(typed) }),
  })
  return underFaults(faults, {
    work: () => guarded(() => service.run(known, faults)),
    unsure: () => answer(house, fields, hasFault(faults, 'busy') ? '03' : '04'),
    spoil: (whole) => ({ ...whole, body: spoilt(String(whole.body ?? '')) }),
  })
}

// Another first character: still base64, and no signature of this message.
const spoilt = (body: string): string =>
  body.replace(/&signature=(.)/, (_all, first: string) => `&signature=${first === 'A' ? 'B' : 'A'}`)
