import { hmacSha256 } from '../wallet/wallet.ts'
import type { PayRequest } from './state.ts'

/**
 * What makes two requests the same: everything the caller asked for but the key. Keyed with the
 * pepper, because a payment code is in it; 32 bytes.
 *
 * Source: DESIGN §10 (request fingerprint).
 */
export function fingerprintOf(pepper: Uint8Array, request: PayRequest, codeHash: Buffer): Buffer {
  const { merchantId, storeId, orderNo, saleNo, currency, goods, position } = request
  const said = [
    merchantId,
    storeId,
    orderNo,
    saleNo,
    request.amountMinor.toString(),
    currency,
    codeHash.toString('base64'),
    goods.map((line) => [line.sku, line.name, `${line.quantity}`, `${line.unitPriceMinor}`]),
    position && {
      ...{ latitude: position.latitude, longitude: position.longitude },
      accuracyM: position.accuracyM,
    },
  ]
  return hmacSha256(pepper, JSON.stringify(said))
}
