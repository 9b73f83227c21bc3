import { expect, test } from 'vitest'
import { csvCell, csvHead, csvRows, type CsvColumn } from './csv.ts'

const cells: [value: string | number, written: string][] = [
  ['晨光便利', '晨光便利'],
  ['a "b", c', '"a ""b"", c"'],
  ['two\nlines', '"two\nlines"'],
  ['=1+1', "'=1+1"],
  ['+86 138', "'+86 138"],
  ['-1 x', "'-1 x"],
  ['@cmd', "'@cmd"],
  [' =1+1', "' =1+1"],
  ['\t=1', "'\t=1"],
  ['=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
  ['-12.50', '-12.50'],
  [12, '12'],
  ['88.50', '88.50'],
]
test.each(cells)('a cell with %j is written as %j', (value, written) => {
  expect(csvCell(value)).toBe(written)
})

test('a file begins with the byte order mark and ends each line as RFC 4180 says', () => {
  const columns: CsvColumn<{ name: string; amount: string }>[] = [
    { title: '名称', cell: (row) => row.name },
    { title: '金额', cell: (row) => row.amount },
  ]
  expect(csvHead(columns)).toBe('\uFEFF名称,金额\r\n')
  expect(csvRows(columns, [{ name: '水', amount: '2.00' }])).toBe('水,2.00\r\n')
})
