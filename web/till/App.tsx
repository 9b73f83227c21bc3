import { QueryClientProvider } from '@tanstack/react-query'
import { ConfigProvider, theme } from 'antd'
import antdEn from 'antd/locale/en_US'
import antdZh from 'antd/locale/zh_CN'
import { useEffect, useState, useSyncExternalStore, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { useT } from '../ui/i18n.tsx'
import { antdTheme } from '../ui/theme.ts'
import { useThemeMode } from '../ui/theme-mode.ts'
import { dark, light } from '../ui/tokens.ts'
import { Activate } from './Activate.tsx'
import { deviceKey } from './device-key.ts'
import { guardTill } from './guard.ts'
import { OtherWindow } from './OtherWindow.tsx'
import { api, queries } from './server.ts'
import { rereadTill } from './till.ts'
import { Till } from './Till.tsx'

/** The till's page: one window, an activated terminal, and then the shop. */
export function App({ activationCode }: { activationCode: string | null }): ReactElement {
  const { mode } = useThemeMode()
  const { language } = useTranslation().i18n
  const algorithm = mode === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm
  const shared = antdTheme(mode)
  const colorBgContainer = (mode === 'dark' ? dark : light).surface
  const t = useT()
  useEffect(() => {
    document.title = t('till.title')
  }, [t])
  return (
    <ConfigProvider
      theme={{ ...shared, algorithm, token: { ...shared.token, colorBgContainer } }}
      locale={language === 'en' ? antdEn : antdZh}
    >
      <QueryClientProvider client={queries}>
        <Gate activationCode={activationCode} />
      </QueryClientProvider>
    </ConfigProvider>
  )
}

function Gate({ activationCode }: { activationCode: string | null }): ReactElement | null {
  const { isOurs, takeOver } = useGuard()
  const token = useSyncExternalStore(api.onToken, api.token)
  const hasKey = useHasKey(token)
  if (isOurs === undefined || hasKey === undefined) return null
  if (!isOurs) return <OtherWindow onTakeOver={takeOver} />
  if (token && hasKey) return <Till />
  return <Activate code={activationCode} isKeyLost={token !== null} />
}

/** Whether this device can sign; undefined while its browser is asked. */
function useHasKey(token: string | null): boolean | undefined {
  const [hasKey, setHasKey] = useState<boolean>()
  useEffect(() => {
    deviceKey().then(
      (key) => setHasKey(key !== null),
      (thrown: unknown) => {
        // A browser that keeps nothing for us cannot be a terminal; the page says so at activation.
        reportError(thrown)
        setHasKey(false)
      },
    )
  }, [token])
  return hasKey
}

type Guard = { isOurs: boolean | undefined; takeOver: () => void }

function useGuard(): Guard {
  const [guard, setGuard] = useState<Guard>({ isOurs: undefined, takeOver: () => undefined })
  useEffect(() => {
    const takeOver = guardTill((isOurs) => {
      // The other window may have gone on with the sale: what stands here is old.
      if (isOurs) rereadTill()
      setGuard((before) => ({ ...before, isOurs }))
    })
    setGuard((before) => ({ ...before, takeOver }))
  }, [])
  return guard
}
