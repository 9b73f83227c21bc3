/**
 * The colours of OneTill, once for CSS and once for antd: theme.css holds the same values as custom
 * properties, and a test compares the two.
 */
export const light = {
  bg: '#f4f6f6',
  surface: '#ffffff',
  raised: '#ffffff',
  sunken: '#eaeeee',
  line: '#dde3e4',
  'line-strong': '#7b888c',
  text: '#12191b',
  muted: '#56636a',
  accent: '#0b6b74',
  'accent-strong': '#085159',
  'accent-soft': '#e2f1f2',
  'on-accent': '#ffffff',
  processing: '#1d5bbf',
  'processing-soft': '#e8f0fc',
  waiting: '#8a5600',
  'waiting-soft': '#fdf2dc',
  succeeded: '#17753a',
  'succeeded-soft': '#e5f4ea',
  failed: '#b3261e',
  'failed-soft': '#fcebe9',
  neutral: '#56636a',
  'neutral-soft': '#eaeeee',
  focus: '#0b6b74',
} as const

export type Palette = Record<keyof typeof light, string>

export const dark: Palette = {
  bg: '#0e1315',
  surface: '#161d20',
  raised: '#1d2629',
  sunken: '#0a0e10',
  line: '#2a3539',
  'line-strong': '#75848a',
  text: '#e9eeef',
  muted: '#9aa8ae',
  accent: '#4fc1ca',
  'accent-strong': '#7dd6dd',
  'accent-soft': '#12333a',
  'on-accent': '#06262a',
  processing: '#86b4ff',
  'processing-soft': '#172a47',
  waiting: '#f2bd5c',
  'waiting-soft': '#382a0d',
  succeeded: '#6ed08f',
  'succeeded-soft': '#11311d',
  failed: '#ff9a90',
  'failed-soft': '#411a17',
  neutral: '#9aa8ae',
  'neutral-soft': '#222c30',
  focus: '#7dd6dd',
}

/** Named system fonts first; the `OneTill` faces of theme.css are for machines that lack them. */
export const fontStack =
  "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'OneTill Latin', system-ui, " +
  "'PingFang SC', 'Microsoft YaHei', 'Noto Sans SC', 'Noto Sans CJK SC', 'OneTill CJK', sans-serif"

export const radius = 8
