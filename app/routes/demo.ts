import { Type } from 'typebox'

import type { App } from '../http/http.ts'
import type { Context } from './routes.ts'

/** The people of the demo shop, with passwords that everybody may know. */
export type DemoPeople = {
  payers: { name: string; login: string; password: string; pin: string }[]
  staff: { name: string; login: string; password: string; role: string }[]
  /** The sandbox's pages that play payers' phones. */
  phones: { scheme: string; title: string; name: string; url: string }[]
}

/** What the demo's calls are answered from. */
export type Demo = {
  people(): Promise<DemoPeople>
  /** A new activation code for the shop's spare terminal. */
  newActivationCode(): Promise<string>
}

const login = { name: Type.String(), login: Type.String(), password: Type.String() }

const DemoView = Type.Object(
  {
    payers: Type.Array(Type.Object({ ...login, pin: Type.String() })),
    staff: Type.Array(Type.Object({ ...login, role: Type.String() })),
    phones: Type.Array(
      Type.Object({
        ...{ scheme: Type.String(), title: Type.String() },
        ...{ name: Type.String(), url: Type.String() },
      }),
    ),
  },
  { title: 'Demo' },
)

/** The demo's calls. Outside of the demo they are not there. */
export function demoRoutes(app: App, { demo }: Context): void {
  if (!demo) return
  app.get(
    '/v1/demo',
    { schema: { hide: true, summary: 'Who to sign in as', response: { 200: DemoView } } },
    () => demo.people(),
  )
  const response = { 200: Type.Object({ activation_code: Type.String() }) }
  app.post(
    '/v1/demo/activation_code',
    { schema: { hide: true, summary: 'A code for the spare terminal', response } },
    async () => ({ activation_code: await demo.newActivationCode() }),
  )
}
