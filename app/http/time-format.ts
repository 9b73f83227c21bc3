// As much of a validator as is used here; it belongs to the framework.
type Formats = {
  formats: Readonly<Record<string, unknown>>
  addFormat(name: string, format: { validate: (text: string) => boolean }): unknown
}

/**
 * Narrows the format `date-time` to what a `Date` can hold. RFC 3339 also knows the 61st second of a
 * minute, of which `Date` makes an invalid time that no column takes.
 *
 * Source: RFC 3339 §5.7; ECMA-262 §21.4.1.
 */
export function refuseLeapSeconds(ajv: Formats): void {
  const { validate } = ajv.formats['date-time'] as { validate: (text: string) => boolean }
  ajv.addFormat('date-time', {
    validate: (text) => validate(text) && !Number.isNaN(Date.parse(text)),
  })
}
