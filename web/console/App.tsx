import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { App as AntApp, ConfigProvider, theme, type ThemeConfig } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import { useMemo, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { antdTheme } from '../ui/theme.ts'
import { useThemeMode, type ThemeMode } from '../ui/theme-mode.ts'
import { dark, light } from '../ui/tokens.ts'
import { queryClient } from './resources.ts'
import { router } from './router.tsx'

const wantsLessMotion = matchMedia('(prefers-reduced-motion: reduce)').matches

/**
 * The console's theme: the shared one, denser, since people read it all day. Fields have an edge
 * and a placeholder that can be seen (WCAG 1.4.3, 1.4.11), since a filter's placeholder names it.
 */
function denseTheme(mode: ThemeMode): ThemeConfig {
  const shared = antdTheme(mode)
  const colours = mode === 'dark' ? dark : light
  return {
    ...shared,
    algorithm: mode === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm,
    token: {
      ...shared.token,
      fontSize: 13,
      borderRadius: 6,
      controlHeight: 32,
      // Without transitions antd would wait for their end, so it is told not to begin any.
      motion: !wantsLessMotion,
      colorText: colours.text,
      colorTextPlaceholder: colours.muted,
      colorTextDescription: colours.muted,
      colorBgContainer: colours.surface,
      colorBorder: colours['line-strong'],
    },
  }
}

/** Everything around the pages: theme, words of antd, what was read, addresses. */
export function App(): ReactElement {
  const { mode } = useThemeMode()
  const { i18n } = useTranslation()
  const look = useMemo(() => denseTheme(mode), [mode])
  return (
    <ConfigProvider
      theme={look}
      locale={i18n.language === 'en' ? enUS : zhCN}
      button={{ autoInsertSpace: false }}
    >
      <AntApp message={{ maxCount: 2 }}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </AntApp>
    </ConfigProvider>
  )
}
