import { randomBytes } from 'node:crypto'

import type { Answer, Call } from '../counterpart/http.ts'
import { formOf, html, json } from '../counterpart/http.ts'
import { escapeHtml } from '../counterpart/phone.ts'
import { appSecretOf, openidOf } from './accounts.ts'
import type { House } from './house.ts'
import { payerOf } from './house.ts'

// How a page inside WeChat learns who its payer is: 网页授权 (OAuth 2), scope snsapi_base. On a real phone
// nobody is asked; here somebody must say whose phone it is.

// Source: 微信网页授权: the code lives five minutes and is good once.
const CODE_MS = 5 * 60_000

/** Answers `/connect/oauth2/authorize` and `/sns/oauth2/access_token`; undefined for other paths. */
export function answerOauth(house: House, call: Call): Answer | undefined {
  if (call.path === '/connect/oauth2/authorize') return authorize(house, call)
  if (call.path === '/sns/oauth2/access_token' && call.method === 'GET') return token(house, call)
  return undefined
}

function authorize(house: House, call: Call): Answer {
  const { query } = call
  const appid = query.get('appid') ?? ''
  const back = URL.parse(query.get('redirect_uri') ?? '')
  const isAsked = query.get('response_type') === 'code' && query.get('scope') === 'snsapi_base'
  // Source: 微信网页授权, state.
  const isState = /^[0-9A-Za-z]{0,128}$/.test(query.get('state') ?? '')
  if (!back || !/^https?:$/.test(back.protocol)) return html(400, '<p>redirect_uri 参数错误</p>')
  if (!merchantOfApp(house, appid)) return html(400, '<p>AppID 参数错误</p>')
  if (!isAsked || !isState) return html(400, '<p>Scope 参数错误或没有 Scope 权限</p>')
  const name = call.method === 'POST' ? formOf(call).get('payer') : null
  const payer = name === null ? undefined : payerOf(house, name)
  if (!payer) return whosePhone(house)
  const code = `0${randomBytes(16).toString('hex')}`
  const expiresMs = house.clock.nowMs() + CODE_MS
  house.logins.set(code, { appid, payer: payer.name, expiresMs, isUsed: false })
  back.searchParams.set('code', code)
  back.searchParams.set('state', query.get('state') ?? '')
  return { status: 302, headers: { location: back.href } }
}

function whosePhone(house: House): Answer {
  const buttons = house.accounts.payers.map(
    ({ name, shownName }) =>
      `<button name="payer" value="${escapeHtml(name)}">${escapeHtml(shownName)}</button> `,
  )
  const title = '这是谁的微信？ · Whose WeChat is it?'
  return html(
    200,
    `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><h1>${title}</h1><form method="post">${buttons.join('')}</form></html>`,
  )
}

function token(house: House, { query }: Call): Answer {
  const failed = (errcode: number, errmsg: string) => json(200, { errcode, errmsg })
  const appid = query.get('appid') ?? ''
  const merchant = merchantOfApp(house, appid)
  if (!merchant) return failed(40013, 'invalid appid')
  if (query.get('secret') !== appSecretOf(merchant, appid))
    return failed(40125, 'invalid appsecret')
  if (query.get('grant_type') !== 'authorization_code') return failed(40002, 'invalid grant_type')
  const code = query.get('code') ?? ''
  const login = house.logins.get(code)
  if (login?.appid !== appid) return failed(40029, 'invalid code')
  if (login.isUsed) return failed(40163, 'code been used')
  if (house.clock.nowMs() >= login.expiresMs) return failed(42003, 'code expired')
  house.logins.set(code, { ...login, isUsed: true })
  const made = () => randomBytes(24).toString('base64url')
  return json(200, {
    access_token: made(),
    expires_in: 7200,
    refresh_token: made(),
    openid: openidOf(appid, login.payer),
    scope: 'snsapi_base',
  })
}

const merchantOfApp = (house: House, appid: string) =>
  house.accounts.merchants.find(({ appids }) => appids.includes(appid))
