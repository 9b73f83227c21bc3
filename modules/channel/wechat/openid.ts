import type { Identified, Identify } from '../channel.ts'
import type { WechatAccount } from './account.ts'
import { readJson, textOf } from './told.ts'
import type { HttpAnswer, Send } from './transport.ts'

const LOGIN_URL = 'https://open.weixin.qq.com'
const LOGIN_API_URL = 'https://api.weixin.qq.com'

/**
 * Tells a page inside WeChat who its payer is: the openid at the app that orders are made with. The
 * payer is asked nothing (snsapi_base). The secret leaves only for WeChat's own server.
 *
 * Source: WeChat, 网页授权: connect/oauth2/authorize, sns/oauth2/access_token.
 */
export function openIdentify(account: WechatAccount & { appSecret: string }, send: Send): Identify {
  const { loginUrl = LOGIN_URL, loginApiUrl = LOGIN_API_URL, appSecret } = account
  // In partner mode the payer is named at the merchant's own app, when there is one.
  const appId = account.subAppId ?? account.appId
  return {
    pageFor({ returnUrl, state }) {
      const query = new URLSearchParams({
        ...{ appid: appId, redirect_uri: returnUrl, response_type: 'code' },
        ...{ scope: 'snsapi_base', state },
      })
      return `${loginUrl.replace(/\/+$/, '')}/connect/oauth2/authorize?${query}#wechat_redirect`
    },
    async read(code) {
      const url = new URL(`${loginApiUrl.replace(/\/+$/, '')}/sns/oauth2/access_token`)
      const asked = { appid: appId, secret: appSecret, code, grant_type: 'authorization_code' }
      for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value)
      return readOpenid(await send({ method: 'GET', url, headers: { accept: 'application/json' } }))
    },
  }
}

/** Reads who the payer is. An error is a number, and says nothing of anybody. */
export function readOpenid(answer: HttpAnswer): Identified {
  if (answer.kind === 'nothing') {
    return { kind: 'unknown', channelCode: answer.problem, isIll: true }
  }
  const json = readJson(answer.body)
  const openid = textOf(json?.['openid'])
  if (openid !== undefined && /^[\w-]{6,128}$/.test(openid)) {
    return { kind: 'known', payerRef: openid }
  }
  const code = json?.['errcode']
  return {
    kind: 'unknown',
    channelCode: Number.isSafeInteger(code) ? `E${String(code)}` : 'UNREADABLE',
  }
}
