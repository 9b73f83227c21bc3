import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type SearchSchemaInput,
} from '@tanstack/react-router'
import { parseSearch, stringifySearch } from './filters.ts'
import { Gate } from './Gate.tsx'
import { Broken } from './pages/Broken.tsx'
import { NotFound } from './pages/NotFound.tsx'

type Search = { [name: string]: string | undefined }

const root = createRootRoute({
  component: Gate,
  errorComponent: ({ error }) => <Broken error={error} />,
  notFoundComponent: NotFound,
  // Every page reads the filters it knows; all of them are plain text.
  validateSearch: (search: Search & SearchSchemaInput): Search => search,
})

const at = <Path extends string>(path: Path, load: () => Promise<{ default: () => unknown }>) =>
  createRoute({
    getParentRoute: () => root,
    path,
    component: lazyRouteComponent(load as () => Promise<{ default: () => never }>),
  })

const routes = [
  at('/', () => import('./pages/Overview.tsx')),
  at('/live', () => import('./pages/Live.tsx')),
  at('/payments', () => import('./pages/Payments.tsx')),
  at('/payments/$id', () => import('./pages/Payment.tsx')),
  at('/refunds', () => import('./pages/Refunds.tsx')),
  at('/exceptions', () => import('./pages/Exceptions.tsx')),
  at('/merchants', () => import('./pages/Merchants.tsx')),
  at('/merchants/$id', () => import('./pages/Merchant.tsx')),
  at('/merchant', () => import('./pages/Merchant.tsx')),
  at('/stores', () => import('./pages/Stores.tsx')),
  at('/terminals', () => import('./pages/Terminals.tsx')),
  at('/terminals/$id', () => import('./pages/Terminal.tsx')),
  at('/products', () => import('./pages/Products.tsx')),
  at('/news', () => import('./pages/News.tsx')),
  at('/feedback', () => import('./pages/Feedback.tsx')),
  at('/codes', () => import('./pages/Codes.tsx')),
  at('/channels', () => import('./pages/Channels.tsx')),
  at('/channels/$id', () => import('./pages/Channel.tsx')),
  at('/peers', () => import('./pages/Peers.tsx')),
  at('/issuers', () => import('./pages/Issuers.tsx')),
  at('/routing', () => import('./pages/Routing.tsx')),
  at('/webhooks', () => import('./pages/Webhooks.tsx')),
  at('/webhooks/$id', () => import('./pages/Webhook.tsx')),
  at('/rules', () => import('./pages/Rules.tsx')),
  at('/parties', () => import('./pages/Parties.tsx')),
  at('/people', () => import('./pages/People.tsx')),
  at('/payers', () => import('./pages/Payers.tsx')),
  at('/payers/$id', () => import('./pages/Payer.tsx')),
  at('/accounts', () => import('./pages/Accounts.tsx')),
  at('/accounts/$id', () => import('./pages/Account.tsx')),
  at('/trail', () => import('./pages/Trail.tsx')),
  at('/settings', () => import('./pages/Settings.tsx')),
]

/** The addresses of the console, all under /console; each page is a chunk of its own. */
export const router = createRouter({
  routeTree: root.addChildren(routes),
  basepath: '/console',
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  scrollRestoration: true,
})
