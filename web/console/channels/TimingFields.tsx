import { Form, Input } from 'antd'
import type { ReactElement } from 'react'
import { Facts } from '../parts/Facts.tsx'
import { fieldPath } from '../parts/FormDrawer.tsx'
import { Panel } from '../parts/Page.tsx'
import { useOne } from '../resources.ts'
import { useText, useWord } from '../text.ts'
import type { ChannelAccount, ChannelName } from '../types.ts'
import { asSeconds, faultOf, saidOf, type Timing } from './timings.ts'

/** The times that an account of this channel may set. */
export function useTimings(channel: ChannelName): Timing[] {
  const all = useOne<{ data: Timing[] }>('/v1/channel_timings')
  return (all.data?.data ?? []).filter((timing) => timing.channel === channel)
}

/** A field for each time, in seconds: empty, it is as the channel has published it. */
export function TimingFields({ timings }: { timings: readonly Timing[] }): ReactElement {
  const t = useText()
  const word = useWord()
  return (
    <fieldset className="ct-fieldset" data-testid="timings">
      <legend>{t('channels.timings')}</legend>
      <p className="ct-small">{t('channels.timings_note')}</p>
      {timings.map((timing) => (
        <Form.Item
          key={timing.at}
          name={['settings', ...fieldPath(timing.at)]}
          label={word('channels.timing_', timing.at)}
          extra={t(timing.is_ladder ? 'channels.timing_ladder' : 'channels.timing_one', {
            usual: asSeconds(timing.default_ms),
            ...rangeOf(timing),
          })}
          rules={[
            {
              validator: async (_, typed?: string) => {
                const fault = faultOf(timing, typed ?? '')
                if (fault) throw new Error(t(`channels.timing_bad_${fault}`, rangeOf(timing)))
                await Promise.resolve()
              },
            },
          ]}
        >
          <Input
            autoComplete="off"
            inputMode="decimal"
            placeholder={asSeconds(timing.default_ms)}
            suffix={t('settings.unit_seconds')}
          />
        </Form.Item>
      ))}
    </fieldset>
  )
}

const rangeOf = ({ minimum_ms: least, maximum_ms: most }: Timing) => ({
  least: asSeconds([least]),
  most: asSeconds([most]),
})

/** The times of an account as they count, and which of them are its own. */
export function TimingFacts({ account }: { account: ChannelAccount }): ReactElement {
  const t = useText()
  const word = useWord()
  const facts = useTimings(account.channel).map((timing) => {
    const said = saidOf(account.settings, timing)
    const seconds = asSeconds(said ?? timing.default_ms)
    return {
      label: word('channels.timing_', timing.at),
      value: (
        <>
          <code>
            {seconds} {t('settings.unit_seconds')}
          </code>{' '}
          <span className="ct-small">
            {t(said ? 'settings.from_here' : 'settings.from_default')}
          </span>
        </>
      ),
      isWide: timing.is_ladder,
    }
  })
  return (
    <Panel title={t('channels.timings')}>
      <Facts facts={facts} />
    </Panel>
  )
}
