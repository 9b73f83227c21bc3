/** A product of the demo shop. Prices in fen. */
export type DemoProduct = {
  sku: string
  name: string
  nameEn: string
  category: string
  /** EAN-13 of a number range that is nobody's, with the right check digit. */
  barcode: string
  priceMinor: bigint
  stock: bigint
}

const product = (
  number: number,
  [name, nameEn, category]: readonly [name: string, nameEn: string, category: string],
  [priceMinor, stock]: readonly [priceMinor: bigint, stock: bigint],
): DemoProduct => {
  const sku = `CG-${String(number).padStart(3, '0')}`
  const barcode = withCheckDigit(`690000000${String(number).padStart(3, '0')}`)
  return { sku, name, nameEn, category, barcode, priceMinor, stock }
}

/**
 * Twelve digits with the thirteenth that proves them.
 *
 * Source: GS1 General Specifications, "check digit calculation".
 */
export function withCheckDigit(digits: string): string {
  const sum = [...digits].reduce(
    (all, digit, at) => all + Number(digit) * (at % 2 === 0 ? 1 : 3),
    0,
  )
  return `${digits}${(10 - (sum % 10)) % 10}`
}

/** What the demo shop sells. */
export const demoProducts: readonly DemoProduct[] = [
  product(1, ['矿泉水 550 ml', 'Mineral water 550 ml', '饮料'], [200n, 240n]),
  product(2, ['冰红茶 500 ml', 'Iced tea 500 ml', '饮料'], [350n, 120n]),
  product(3, ['纯牛奶 250 ml', 'Milk 250 ml', '乳品'], [380n, 96n]),
  product(4, ['原味酸奶 200 g', 'Plain yoghurt 200 g', '乳品'], [590n, 48n]),
  product(5, ['全麦吐司 400 g', 'Wholemeal toast 400 g', '面包'], [1_280n, 20n]),
  product(6, ['茶叶蛋', 'Tea egg', '鲜食'], [250n, 60n]),
  product(7, ['鲜肉包子', 'Pork bun', '鲜食'], [300n, 50n]),
  product(8, ['金枪鱼饭团', 'Tuna rice ball', '鲜食'], [680n, 36n]),
  product(9, ['牛肉方便面', 'Beef instant noodles', '方便食品'], [550n, 80n]),
  product(10, ['原味薯片 75 g', 'Potato crisps 75 g', '零食'], [790n, 64n]),
  product(11, ['抽纸 3 包', 'Tissues, pack of 3', '日用'], [1_590n, 40n]),
  product(12, ['5 号电池 4 节', 'AA batteries, pack of 4', '日用'], [1_990n, 30n]),
]
