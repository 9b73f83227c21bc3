import { useMemo, type ReactElement } from 'react'
import { SchemeMark, schemeText } from '../../ui/scheme.tsx'
import { useText } from '../text.ts'
import type { Issuer } from '../types.ts'

/** Which schemes the codes that begin with these two digits may belong to. */
export function ownersOf(issuers: readonly Issuer[], digits: string): string[] {
  const owners = issuers
    .filter(({ state, pattern }) => state === 'active' && pattern === 'digits')
    .filter(({ prefixes }) => prefixes.some((one) => one.startsWith(digits)))
    .map(({ scheme }) => scheme)
  return [...new Set(owners)]
}

const rows = Array.from({ length: 10 }, (_, tens) => tens)

/** The hundred beginnings that a code of digits can have, each with whose it is. */
export function PrefixMap({ issuers }: { issuers: readonly Issuer[] }): ReactElement {
  const t = useText()
  const owners = useMemo(
    () =>
      rows.flatMap((tens) =>
        rows.map((ones) => {
          const digits = `${tens}${ones}`
          return { digits, of: ownersOf(issuers, digits) }
        }),
      ),
    [issuers],
  )
  const schemes = [...new Set(owners.flatMap(({ of }) => of))]
  return (
    <div className="ct-prefix-map">
      <div
        className="ct-prefix-cells"
        role="img"
        aria-label={t('issuers.map_label')}
        data-testid="prefix-map"
      >
        {owners.map(({ digits, of }) => (
          <span
            key={digits}
            data-owner={of.length > 0 ? schemes.indexOf(of[0] ?? '') : undefined}
            title={of.length > 0 ? `${digits}: ${of.map(schemeText).join(', ')}` : digits}
          >
            {digits}
          </span>
        ))}
      </div>
      <ul>
        {schemes.map((scheme, place) => (
          <li key={scheme} data-owner={place}>
            <i aria-hidden />
            <SchemeMark scheme={scheme} size={16} />
            <span className="ct-muted">
              {owners
                .filter(({ of }) => of.includes(scheme))
                .map(({ digits }) => digits)
                .join(' ')}
            </span>
          </li>
        ))}
      </ul>
    </div>
  )
}
