import { randomBytes } from 'node:crypto'

import type { Content } from './codes.ts'
import { granted, refuse } from './codes.ts'
import type { Agreement, App, House, Offer, Payer } from './house.ts'
import { notifyAgreement } from './notify.ts'
import type { Asked } from './request.ts'
import { textOf } from './request.ts'
import type { Fields } from './wire.ts'
import { beijingTime } from './wire.ts'

// Agreements: a payer lets an app charge the account without being asked each time.

/** Alipay's own way to say that an agreement has no end. */
const NEVER = '2115-02-01 00:00:00'

/** `alipay.user.agreement.page.sign`: what the payer is asked to sign on the page. */
export function offerAgreement(asked: Asked): Offer {
  const { house, app, biz, notifyUrl, returnUrl } = asked
  const product = textOf(biz, 'personal_product_code')
  if (product === '') refuse('isv.invalid-parameter', 'personal_product_code')
  const offer: Offer = {
    token: `sgn${randomBytes(16).toString('hex')}`,
    appId: app.appId,
    externalNo: textOf(biz, 'external_agreement_no'),
    product,
    scene: textOf(biz, 'sign_scene'),
    notifyUrl,
    returnUrl,
  }
  house.offers.put(offer.token, offer)
  return offer
}

/** The payer signs. The app is told by a notice, `dut_user_sign`. */
export function signAgreement(
  house: House,
  payer: Payer,
  offer: Omit<Offer, 'token' | 'returnUrl'>,
): Agreement {
  const at = house.clock.now()
  const day = beijingTime(at).slice(0, 10).replaceAll('-', '')
  const agreement: Agreement = {
    agreementNo: `${day}${String(house.agreements.size + 1).padStart(12, '0')}`,
    externalNo: offer.externalNo,
    appId: offer.appId,
    payer: payer.login,
    product: offer.product,
    scene: offer.scene,
    status: 'NORMAL',
    signedAt: at.toISOString(),
  }
  house.agreements.put(agreement.agreementNo, agreement)
  const fields = { notify_type: 'dut_user_sign', ...agreementFields(house, agreement) }
  const orderNo = agreement.externalNo || agreement.agreementNo
  notifyAgreement(house, appOf(house, agreement), { orderNo, url: offer.notifyUrl, fields })
  return agreement
}

/** `alipay.user.agreement.query`: by Alipay's number, or by the app's own. */
export function queryAgreement(asked: Asked): Content {
  const agreement = findAgreement(asked)
  if (agreement?.status !== 'NORMAL') refuse('USER_AGREEMENT_NOT_EXIST')
  return granted(agreementFields(asked.house, agreement))
}

/** `alipay.user.agreement.unsign`: the app gives the agreement back. */
export function unsignAgreement(asked: Asked): Content {
  const { house, notifyUrl } = asked
  const agreement = findAgreement(asked)
  if (agreement?.status !== 'NORMAL') refuse('USER_AGREEMENT_NOT_EXIST')
  const ended: Agreement = { ...agreement, status: 'UNSIGN' }
  house.agreements.put(ended.agreementNo, ended)
  const fields = { notify_type: 'dut_user_unsign', ...agreementFields(house, ended) }
  const orderNo = ended.externalNo || ended.agreementNo
  notifyAgreement(house, appOf(house, ended), { orderNo, url: notifyUrl, fields })
  return granted({})
}

function findAgreement({ house, app, biz }: Asked): Agreement | undefined {
  const agreementNo = textOf(biz, 'agreement_no')
  const externalNo = textOf(biz, 'external_agreement_no')
  if (agreementNo === '' && externalNo === '') refuse('isv.invalid-parameter', 'agreement_no')
  const found =
    agreementNo === ''
      ? house.agreements.all().findLast((one) => one.externalNo === externalNo)
      : house.agreements.get(agreementNo)
  return found?.appId === app.appId ? found : undefined
}

const appOf = (house: House, agreement: Agreement): App => house.apps.get(agreement.appId)!

function agreementFields(house: House, agreement: Agreement): Fields {
  const payer = house.payers.get(agreement.payer)!
  const signedAt = beijingTime(new Date(agreement.signedAt))
  return {
    agreement_no: agreement.agreementNo,
    ...(agreement.externalNo !== '' && { external_agreement_no: agreement.externalNo }),
    personal_product_code: agreement.product,
    sign_scene: agreement.scene,
    status: agreement.status,
    sign_time: signedAt,
    valid_time: signedAt,
    invalid_time: NEVER,
    alipay_user_id: payer.userId,
    alipay_logon_id: payer.logonId,
  }
}
