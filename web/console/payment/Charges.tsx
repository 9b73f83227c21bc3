import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { Money, moneyText } from '../../ui/money.tsx'
import { SchemeMark } from '../../ui/scheme.tsx'
import { StateTag } from '../../ui/state.tsx'
import type { ChargeView, PaymentView } from '../../ui/types.ts'
import { CopyId } from '../parts/CopyId.tsx'
import { Facts, type Fact } from '../parts/Facts.tsx'
import { When } from '../parts/When.tsx'
import { useRuleNames } from '../routing/useNames.ts'
import { isOperator, usePrincipal } from '../session.tsx'
import { useText } from '../text.ts'

/** What was asked of channels for a payment, how often, and what they said. */
export function Charges({ payment }: { payment: PaymentView }): ReactElement | null {
  const t = useText()
  const charges = payment.charges ?? []
  if (charges.length === 0) return null
  return (
    <section className="ct-part">
      <h3>{t('charges.title')}</h3>
      {charges.map((charge) => (
        <Charge key={charge.id} charge={charge} currency={payment.currency} />
      ))}
    </section>
  )
}

function Charge({ charge, currency }: { charge: ChargeView; currency: string }): ReactElement {
  return (
    <div className="ct-charge" data-testid="charge" data-state={charge.state}>
      <ChargeHead charge={charge} currency={currency} />
      <Facts facts={useFacts(charge, currency)} />
    </div>
  )
}

function ChargeHead({ charge, currency }: { charge: ChargeView; currency: string }): ReactElement {
  const t = useText()
  return (
    <div className="ct-charge-head">
      <SchemeMark scheme={charge.channel} size={18} />
      <Money minor={charge.amount} currency={currency} size="s" />
      <StateTag
        state={charge.state}
        nextAction={
          charge.state !== 'processing' ? null : charge.step === 'reverse' ? 'reverse' : 'query'
        }
      />
      {charge.is_late && (
        <span className="ct-bad">
          <Icon name="warning" size={14} /> {t('charges.is_late')}
        </span>
      )}
    </div>
  )
}

function useFacts(charge: ChargeView, currency: string): Fact[] {
  const t = useText()
  const operator = isOperator(usePrincipal())
  const { account } = useRuleNames()
  const { payer_paid: paid, channel_ref: ref } = charge
  const isLess = paid !== null && paid !== charge.amount
  return [
    ...(operator
      ? [
          {
            label: t('charges.account'),
            value: (
              <Link to="/channels/$id" params={{ id: charge.channel_account }}>
                {account(charge.channel_account)}
              </Link>
            ),
          },
        ]
      : []),
    {
      label: t('channels.settlement'),
      value: t(`channels.settlement_${charge.settlement}`),
    },
    {
      label: t('charges.asked'),
      value: t('charges.asked_words', { queries: charge.queries, reverses: charge.reverses }),
    },
    {
      label: t('charges.code'),
      value: charge.channel_code ? <code>{charge.channel_code}</code> : '–',
    },
    { label: t('field.payer'), value: charge.payer ?? '–' },
    ...(isLess ? [{ label: t('charges.payer_paid'), value: moneyText(paid, currency) }] : []),
    { label: t('charges.started_at'), value: <When at={charge.started_at} full /> },
    {
      label: t('field.completed_at'),
      value: charge.completed_at ? <When at={charge.completed_at} full /> : '–',
    },
    {
      label: t('charges.ref'),
      value: ref ? <CopyId id={ref} what={t('charges.ref')} /> : '–',
      isWide: true,
    },
    {
      label: t('charges.id'),
      value: <CopyId id={charge.id} what={t('charges.id')} />,
      isWide: true,
    },
  ]
}
