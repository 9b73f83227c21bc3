import type { ReactElement } from 'react'

// Drawn on a 24 unit grid with strokes of 1.75, so that they sit beside text of any size.
const paths = {
  check: 'M5 12.5l4.5 4.5L19 7.5',
  cross: 'M6 6l12 12M18 6L6 18',
  clock: 'M12 7v5l3.5 2M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18z',
  spinner: 'M12 3a9 9 0 1 1-8.5 6',
  undo: 'M8 5L4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3',
  user: 'M12 12a4 4 0 1 0 0-8a4 4 0 0 0 0 8zM4.5 20.5a7.5 7.5 0 0 1 15 0',
  lock: 'M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3',
  scan: 'M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M4 12h16',
  code: 'M4 6v12M7.5 6v12M10 6v12M14 6v12M16 6v12M20 6v12',
  qr: 'M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h2v2h-2zM18 14h2M14 18v2M18 18h2v2h-2z',
  bill: 'M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6',
  bell: 'M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 20.5h4',
  gauge: 'M4 18a9 9 0 1 1 16 0M12 14l4-5',
  card: 'M3 6h18v12H3zM3 10h18M6.5 14.5H10',
  wallet: 'M4 7h15v12H4zM4 7l11-3v3M15 12h4v3h-4z',
  plus: 'M12 5v14M5 12h14',
  refresh: 'M19.5 12a7.5 7.5 0 1 1-2.2-5.3L20 9.4M20 4.5v4.9h-4.9',
  eye: 'M2.5 12S6 5.5 12 5.5S21.5 12 21.5 12S18 18.5 12 18.5S2.5 12 2.5 12zM12 9.2a2.8 2.8 0 1 0 0 5.6a2.8 2.8 0 0 0 0-5.6z',
  chevronDown: 'M6 9.5l6 6 6-6',
  chevronUp: 'M6 14.5l6-6 6 6',
  chevronRight: 'M9.5 6l6 6-6 6',
  back: 'M15 5l-7 7 7 7',
  sun: 'M12 8a4 4 0 1 0 0 8a4 4 0 0 0 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z',
  globe: 'M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18zM3 12h18M12 3c3 3 3 15 0 18c-3-3-3-15 0-18z',
  sound: 'M4 10v4h3.5L12 18V6L7.5 10zM15.5 9a4 4 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11',
  mute: 'M4 10v4h3.5L12 18V6L7.5 10zM15.5 9.5l5 5M20.5 9.5l-5 5',
  offline:
    'M3 4l18 17M5 11a11 11 0 0 1 4-2.4M19 11a11 11 0 0 0-7-2.9M8 14.5a6.5 6.5 0 0 1 3-1.6M12 19h.01',
  shop: 'M4 10v10h16V10M3 10l2-6h14l2 6zM9 20v-6h6v6',
  print: 'M7 9V4h10v5M5 9h14v7h-2M7 16H5V9M7 14h10v6H7z',
  search: 'M11 4a7 7 0 1 0 0 14a7 7 0 0 0 0-14zM16 16l4.5 4.5',
  warning: 'M12 4L2.5 20h19zM12 10v4.5M12 17.2v.1',
  signOut: 'M14 4H5v16h9M10 12h11M17.5 8.5L21 12l-3.5 3.5',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  backspace: 'M9 5h12v14H9l-6-7zM12.5 9.5l5 5M17.5 9.5l-5 5',
  split: 'M4 12h5l4-6h7M9 12l4 6h7M17 3l3 3-3 3M17 15l3 3-3 3',
  bubble: 'M4 5h16v11h-8l-5 4v-4H4zM8 9.5h8M8 12.5h5',
  coin: 'M12 3a9 9 0 1 0 0 18a9 9 0 0 0 0-18zM8.5 7.5l3.5 4.5l3.5-4.5M12 12v5M9 12.5h6M9 15h6',
  stripes: 'M6 5h4L7 19H3zM12 5h4l-3 14H9zM18 5h3l-3 14h-3z',
  tablet: 'M7 3h10v18H7zM10.5 18h3M9.5 7.5l2.5 3l2.5-3M12 10.5v4M10 12h4',
  grip: 'M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01',
  tag: 'M4 4h8l8 8-8 8-8-8zM8.5 8.5h.01',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3a4 4 0 0 0 5.7 5.7l1-1',
  image: 'M4 5h16v14H4zM4 16l5-5 4 4 2.5-2.5L20 17M15.5 8.5h.01',
  star: 'M12 4l2.4 5.2 5.6.7-4.2 3.9 1.1 5.6L12 16.6l-4.9 2.8 1.1-5.6L4 9.9l5.6-.7z',
  bank: 'M3.5 9.5L12 4l8.5 5.5zM6 9.5V17M10 9.5V17M14 9.5V17M18 9.5V17M3.5 20h17',
} as const

export type IconName = keyof typeof paths

export type IconProps = { name: IconName; size?: number; className?: string; label?: string }

/** A line icon in the colour of the text around it. Without a label it is hidden from readers. */
export function Icon({ name, size = 20, className, label }: IconProps): ReactElement {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.75}
      strokeLinecap="round"
      strokeLinejoin="round"
      className={`ot-icon ${name === 'spinner' ? 'ot-spin' : ''} ${className ?? ''}`}
      {...(label ? { role: 'img', 'aria-label': label } : { 'aria-hidden': true })}
    >
      <path d={paths[name]} />
    </svg>
  )
}

/** The mark of OneTill: one till, from many bars. */
export function Logo({ size = 28 }: { size?: number }): ReactElement {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden className="ot-logo">
      <rect width="32" height="32" rx="8" fill="var(--ot-accent)" />
      <path
        d="M8 9v14M11.5 9v14M14 9v14M18 9v9M20.5 9v9M24 9v9"
        stroke="var(--ot-on-accent)"
        strokeWidth="1.75"
        strokeLinecap="butt"
      />
      <path d="M17 22h8" stroke="var(--ot-on-accent)" strokeWidth="2" strokeLinecap="butt" />
    </svg>
  )
}
