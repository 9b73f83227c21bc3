import { Spin } from 'antd'
import { lazy, Suspense, type ReactElement } from 'react'
import { PrincipalContext, useMe, useToken } from './session.tsx'
import { ErrorState } from './parts/ListStates.tsx'
import { Shell } from './Shell.tsx'
import { StreamProvider } from './stream.tsx'

const SignIn = lazy(() => import('./pages/SignIn.tsx'))

/** Shows the sign-in instead of any page until somebody is signed in; the address stays. */
export function Gate(): ReactElement {
  const token = useToken()
  const me = useMe(token)
  if (!token) {
    return (
      <Suspense fallback={<Waiting />}>
        <SignIn />
      </Suspense>
    )
  }
  if (me.error && !me.data) {
    return (
      <main className="ct-center">
        <ErrorState error={me.error} onRetry={() => void me.refetch()} />
      </main>
    )
  }
  if (!me.data) return <Waiting />
  return (
    <PrincipalContext value={me.data}>
      <StreamProvider key={token}>
        <Shell />
      </StreamProvider>
    </PrincipalContext>
  )
}

function Waiting(): ReactElement {
  return (
    <main className="ct-center" aria-busy="true">
      <Spin />
    </main>
  )
}
