import { useParams } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { Page } from '../parts/Page.tsx'
import { PaymentDetail } from '../payment/PaymentDetail.tsx'
import { useText } from '../text.ts'

/** One payment as a page of its own, for links that are sent around. */
export default function Payment(): ReactElement {
  const t = useText()
  const { id = '' } = useParams({ strict: false })
  return (
    <Page title={t('detail.title')}>
      <PaymentDetail id={id} isPage />
    </Page>
  )
}
