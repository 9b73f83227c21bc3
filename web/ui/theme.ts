import type { ThemeConfig } from 'antd'
import { dark, fontStack, light, radius } from './tokens.ts'
import type { ThemeMode } from './theme-mode.ts'

/**
 * The ConfigProvider theme of till and console, from the same values as theme.css. The caller adds
 * `algorithm: mode === 'dark' ? theme.darkAlgorithm : theme.defaultAlgorithm`, so that this file
 * brings no antd code along.
 */
export function antdTheme(mode: ThemeMode): ThemeConfig {
  const colours = mode === 'dark' ? dark : light
  return {
    token: {
      colorPrimary: colours.accent,
      colorInfo: colours.processing,
      colorSuccess: colours.succeeded,
      colorWarning: colours.waiting,
      colorError: colours.failed,
      colorLink: colours.accent,
      colorTextBase: colours.text,
      colorBgBase: colours.surface,
      colorBgLayout: colours.bg,
      colorBgElevated: colours.raised,
      colorBorder: colours.line,
      colorBorderSecondary: colours.line,
      colorTextSecondary: colours.muted,
      colorTextLightSolid: colours['on-accent'],
      fontFamily: fontStack,
      fontSize: 14,
      borderRadius: radius,
      sizeUnit: 4,
      sizeStep: 4,
      wireframe: false,
    },
    components: {
      Table: { headerBg: colours.bg, cellPaddingBlockMD: 8, cellPaddingInlineMD: 12 },
      Layout: { headerBg: colours.surface, siderBg: colours.surface, bodyBg: colours.bg },
      Button: { primaryShadow: 'none', defaultShadow: 'none', dangerShadow: 'none' },
    },
  }
}
