import { Link, useParams } from '@tanstack/react-router'
import type { ReactElement, ReactNode } from 'react'
import { Money } from '../../ui/money.tsx'
import type { AllocationRule, DayTotals, List, Merchant as MerchantView } from '../../ui/types.ts'
import { today } from '../days.ts'
import { ApiKeys } from '../merchant/ApiKeys.tsx'
import { RefundTerms } from '../merchant/RefundTerms.tsx'
import { usePartyNames } from '../names.ts'
import { CloseButton } from '../parts/CloseButton.tsx'
import { CopyId } from '../parts/CopyId.tsx'
import { Facts } from '../parts/Facts.tsx'
import { Bars, ErrorState } from '../parts/ListStates.tsx'
import { Page, Panel } from '../parts/Page.tsx'
import { Standing } from '../parts/Standing.tsx'
import { When } from '../parts/When.tsx'
import { useOne } from '../resources.ts'
import { standingOf } from '../rules/standing.ts'
import { LineList } from '../rules/LineList.tsx'
import { isOperator, usePrincipal, useZone } from '../session.tsx'
import { categoryText } from '../merchant/category.ts'
import { useText, useWord } from '../text.ts'

/** One merchant: the operator opens any of them, a merchant's people see their own. */
export default function Merchant(): ReactElement {
  const t = useText()
  const principal = usePrincipal()
  const { id } = useParams({ strict: false })
  const merchantId = id ?? principal.merchant?.id ?? null
  const merchant = useOne<MerchantView>(merchantId && `/v1/merchants/${merchantId}`)
  const loaded = merchant.data
  if (!loaded) {
    return (
      <Page title={t('nav.merchant')}>
        {merchant.error ? (
          <ErrorState error={merchant.error} onRetry={() => void merchant.refetch()} />
        ) : (
          <Bars rows={5} columns={2} />
        )}
      </Page>
    )
  }
  return (
    <Page
      title={loaded.name}
      beside={<Standing group="merchants.state_" word={loaded.state} />}
      actions={
        <>
          <MerchantLinks id={loaded.id} />
          {isOperator(principal) && <CloseButton of="merchants" row={loaded} />}
        </>
      }
    >
      <div className="ct-columns">
        <Profile merchant={loaded} />
        <Today merchant={loaded} />
      </div>
      <div className="ct-columns">
        <RefundTerms merchant={loaded} />
        {isOperator(principal) && <RuleNow merchant={loaded} />}
      </div>
      <Panel title={t('api_keys.title')}>
        <ApiKeys owner={loaded.id} name={loaded.name} />
      </Panel>
    </Page>
  )
}

function MerchantLinks({ id }: { id: string }): ReactElement {
  const t = useText()
  const search = { merchant: id }
  return (
    <nav className="ct-links" aria-label={t('nav.merchant')}>
      <Link to="/stores" search={search}>
        {t('nav.stores')}
      </Link>
      <Link to="/terminals" search={search}>
        {t('nav.terminals')}
      </Link>
      <Link to="/products" search={search}>
        {t('nav.products')}
      </Link>
      <Link to="/payments" search={search}>
        {t('nav.payments')}
      </Link>
      <Link to="/people" search={search}>
        {t('nav.people')}
      </Link>
      <Link to="/accounts/$id" params={{ id: `merchant:${id}:payable` }}>
        {t('nav.accounts')}
      </Link>
    </nav>
  )
}

function Profile({ merchant }: { merchant: MerchantView }): ReactElement {
  const t = useText()
  const word = useWord()
  const partyName = usePartyNames()
  const operator = isOperator(usePrincipal())
  const facts = [
    { label: t('merchants.category'), value: categoryText(word, merchant.category) },
    // Whose names they are the operator alone may know.
    ...(operator
      ? [
          { label: t('merchants.agent'), value: partyName(merchant.agent) },
          { label: t('merchants.platform'), value: partyName(merchant.platform) },
        ]
      : []),
    { label: t('field.created_at'), value: <When at={merchant.created_at} full /> },
    { label: t('field.id'), value: <CopyId id={merchant.id} what={t('field.id')} /> },
  ]
  return (
    <Panel title={t('merchants.profile')}>
      <Facts facts={facts} />
    </Panel>
  )
}

function Today({ merchant }: { merchant: MerchantView }): ReactElement {
  const t = useText()
  const zone = useZone()
  const query = { date: today(zone), merchant: merchant.id }
  const totals = useOne<DayTotals>('/v1/day_totals', query)
  const wait: ReactNode = <i className="ct-bar-wait" />
  const { data, error } = totals
  return (
    <Panel title={t('merchants.today')}>
      {error && !data ? (
        <ErrorState error={error} onRetry={() => void totals.refetch()} />
      ) : (
        <Facts
          facts={[
            {
              label: t('overview.amount'),
              value: data ? <Money minor={data.amount} currency={data.currency} size="m" /> : wait,
            },
            { label: t('overview.count'), value: data ? data.count : wait },
            { label: t('overview.failed'), value: data ? data.failed_count : wait },
          ]}
        />
      )}
    </Panel>
  )
}

function RuleNow({ merchant }: { merchant: MerchantView }): ReactElement {
  const t = useText()
  const rules = useOne<List<AllocationRule>>('/v1/allocation_rules', { merchant: merchant.id })
  const versions = rules.data?.data ?? []
  const current = versions.find((rule) => standingOf(rule, versions, Date.now()) === 'current')
  return (
    <Panel
      title={t('merchants.rule_now')}
      aside={
        <Link to="/rules" search={{ merchant: merchant.id }}>
          {current ? t('rules.version_n', { version: current.version }) : t('rules.new_version')}
        </Link>
      }
    >
      {rules.error && <ErrorState error={rules.error} onRetry={() => void rules.refetch()} />}
      {current && <LineList lines={current.lines} />}
      {rules.data && !current && <p className="ct-muted">{t('merchants.rule_none')}</p>}
    </Panel>
  )
}
