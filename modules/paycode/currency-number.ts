import type { Currency } from '../money/money.ts'

// Source: ISO 4217 list one, column "Num".
const numbers: Record<Currency, string> = {
  AED: '784',
  AUD: '036',
  BHD: '048',
  CAD: '124',
  CHF: '756',
  CNY: '156',
  EUR: '978',
  GBP: '826',
  HKD: '344',
  IDR: '360',
  INR: '356',
  JPY: '392',
  KRW: '410',
  KWD: '414',
  MOP: '446',
  MYR: '458',
  NZD: '554',
  PHP: '608',
  RUB: '643',
  SAR: '682',
  SGD: '702',
  THB: '764',
  TND: '788',
  TWD: '901',
  USD: '840',
  VND: '704',
}

const byNumber = new Map(
  Object.entries(numbers).map(([currency, number]) => [number, currency as Currency]),
)

/** The three digits of a currency, as codes and card messages write it: CNY is "156". */
export const currencyNumber = (currency: Currency): string => numbers[currency]

/** The currency of three digits, or null when it is none that can be taken. */
export const currencyOfNumber = (number: string): Currency | null => byNumber.get(number) ?? null
