import { Drawer } from 'antd'
import type { ReactElement } from 'react'
import { Money } from '../../ui/money.tsx'
import type { News } from '../../ui/news-types.ts'
import { useMerchantNames } from '../names.ts'
import { CopyId } from '../parts/CopyId.tsx'
import { Facts } from '../parts/Facts.tsx'
import { Standing } from '../parts/Standing.tsx'
import { When } from '../parts/When.tsx'
import { useText } from '../text.ts'
import { NewsButtons } from './NewsButtons.tsx'
import { useKeptPicture } from './PictureField.tsx'
import { newsWord } from './standing.ts'

/** News that is out or was, as its readers see it, and how many there are. */
export function NewsDrawer({ news, onClose }: { news: News; onClose: () => void }): ReactElement {
  const t = useText()
  const merchantName = useMerchantNames()
  const picture = useKeptPicture(news.has_picture ? news.id : null)
  return (
    <Drawer open onClose={onClose} size={480} title={t('news.one')} destroyOnHidden>
      <article className="ct-detail" data-testid="news-detail" data-state={news.state}>
        <header className="ct-detail-head">
          <strong>{news.title}</strong>
          <Standing group="news.state_" word={newsWord(news, Date.now())} />
          <NewsButtons news={news} />
        </header>
        {picture && <img src={picture} alt="" className="ct-news-picture" />}
        <p className="ct-news-text">{news.text}</p>
        <Facts
          facts={[
            { label: t('field.merchant'), value: merchantName(news.merchant) },
            {
              label: t('news.price'),
              value:
                news.price === null ? '–' : <Money minor={news.price} currency={news.currency} />,
            },
            { label: t('news.valid_from'), value: <When at={news.valid_from} full /> },
            { label: t('news.valid_until'), value: <When at={news.valid_until} full /> },
            {
              label: t('news.published_at'),
              value: news.published_at ? <When at={news.published_at} full /> : '–',
            },
            { label: t('news.reached'), value: `${news.delivered_count} / ${news.read_count}` },
            { label: t('field.id'), value: <CopyId id={news.id} what={t('field.id')} /> },
          ]}
        />
      </article>
    </Drawer>
  )
}
