import {
  ApartmentOutlined,
  ApiOutlined,
  AuditOutlined,
  BankOutlined,
  BarcodeOutlined,
  BranchesOutlined,
  DashboardOutlined,
  IdcardOutlined,
  NotificationOutlined,
  PercentageOutlined,
  QrcodeOutlined,
  RollbackOutlined,
  SendOutlined,
  SettingOutlined,
  ShopOutlined,
  ShoppingOutlined,
  StarOutlined,
  TabletOutlined,
  TeamOutlined,
  ThunderboltOutlined,
  TransactionOutlined,
  UserOutlined,
  WarningOutlined,
} from '@ant-design/icons'
import type { ComponentType } from 'react'
import type { TextKey } from './locales/zh-CN.ts'

export type NavEntry = {
  to: string
  text: TextKey
  icon: ComponentType
  /** Who has the page: everybody, the institution's operators, or a merchant's own people. */
  who: 'all' | 'operator' | 'merchant'
  /** What is counted beside it: things that wait for a person. */
  badge?: 'exceptions' | 'refunds'
}

export type NavGroup = { text: TextKey; entries: NavEntry[] }

/** The pages in the order of a working day; the first of a group is what is opened most. */
export const navGroups: NavGroup[] = [
  {
    text: 'nav.group_money',
    entries: [
      { to: '/', text: 'nav.overview', icon: DashboardOutlined, who: 'all' },
      { to: '/live', text: 'nav.live', icon: ThunderboltOutlined, who: 'all' },
      { to: '/payments', text: 'nav.payments', icon: TransactionOutlined, who: 'all' },
      {
        ...{ to: '/refunds', text: 'nav.refunds', icon: RollbackOutlined, who: 'all' },
        badge: 'refunds',
      },
      {
        ...{ to: '/exceptions', text: 'nav.exceptions', icon: WarningOutlined, who: 'operator' },
        badge: 'exceptions',
      },
    ],
  },
  {
    text: 'nav.group_shop',
    entries: [
      { to: '/merchants', text: 'nav.merchants', icon: ShopOutlined, who: 'operator' },
      { to: '/merchant', text: 'nav.merchant', icon: ShopOutlined, who: 'merchant' },
      { to: '/stores', text: 'nav.stores', icon: ApartmentOutlined, who: 'all' },
      { to: '/terminals', text: 'nav.terminals', icon: TabletOutlined, who: 'all' },
      { to: '/products', text: 'nav.products', icon: ShoppingOutlined, who: 'all' },
      { to: '/codes', text: 'nav.codes', icon: QrcodeOutlined, who: 'all' },
      { to: '/news', text: 'nav.news', icon: NotificationOutlined, who: 'all' },
      { to: '/feedback', text: 'nav.feedback', icon: StarOutlined, who: 'all' },
    ],
  },
  {
    text: 'nav.group_roads',
    entries: [
      { to: '/channels', text: 'nav.channels', icon: ApiOutlined, who: 'operator' },
      { to: '/peers', text: 'nav.peers', icon: BankOutlined, who: 'operator' },
      { to: '/issuers', text: 'nav.issuers', icon: BarcodeOutlined, who: 'operator' },
      { to: '/routing', text: 'nav.routing', icon: BranchesOutlined, who: 'all' },
      { to: '/webhooks', text: 'nav.webhooks', icon: SendOutlined, who: 'all' },
    ],
  },
  {
    text: 'nav.group_books',
    entries: [
      { to: '/rules', text: 'nav.rules', icon: PercentageOutlined, who: 'operator' },
      { to: '/accounts', text: 'nav.accounts', icon: BankOutlined, who: 'all' },
      { to: '/parties', text: 'nav.parties', icon: TeamOutlined, who: 'operator' },
      { to: '/people', text: 'nav.people', icon: UserOutlined, who: 'all' },
      { to: '/payers', text: 'nav.payers', icon: IdcardOutlined, who: 'operator' },
      { to: '/trail', text: 'nav.trail', icon: AuditOutlined, who: 'operator' },
      { to: '/settings', text: 'nav.settings', icon: SettingOutlined, who: 'all' },
    ],
  },
]

/** The groups as this person sees them, without the empty ones. */
export function navFor(operator: boolean): NavGroup[] {
  const mine = (entry: NavEntry): boolean =>
    entry.who === 'all' || (entry.who === 'operator') === operator
  return navGroups
    .map((group) => ({ ...group, entries: group.entries.filter(mine) }))
    .filter((group) => group.entries.length > 0)
}

/** Whether this person has the page at the path; a detail page belongs to its list. */
export function maySee(path: string, operator: boolean): boolean {
  const first = `/${path.split('/')[1] ?? ''}`
  const entry = navGroups.flatMap((group) => group.entries).find(({ to }) => to === first)
  return !entry || entry.who === 'all' || (entry.who === 'operator') === operator
}
