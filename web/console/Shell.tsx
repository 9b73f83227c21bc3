import { MenuOutlined } from '@ant-design/icons'
import { Outlet, useLocation } from '@tanstack/react-router'
import { Button, Drawer, Dropdown } from 'antd'
import { useEffect, useRef, useState, type ReactElement } from 'react'
import { LanguageSwitch } from '../ui/i18n.tsx'
import { Icon, Logo } from '../ui/icons.tsx'
import { ThemeSwitch } from '../ui/ThemeSwitch.tsx'
import { maySee } from './nav.ts'
import { JumpBox } from './parts/JumpBox.tsx'
import { NavList } from './parts/NavList.tsx'
import { NotYours } from './pages/NotFound.tsx'
import { isOperator, signOut, useDemo, usePrincipal } from './session.tsx'
import { useText } from './text.ts'

/** The frame of every page: where one is, whose figures these are, and that it is a test. */
export function Shell(): ReactElement {
  const t = useText()
  const operator = isOperator(usePrincipal())
  const { pathname } = useLocation()
  const demo = useDemo()
  const [isNavOpen, setNavOpen] = useState(false)
  const main = useRef<HTMLElement>(null)

  // A new page is read from its beginning, by eye and by screen reader.
  useEffect(() => {
    setNavOpen(false)
    main.current?.focus({ preventScroll: true })
  }, [pathname])

  return (
    <div className="ct-shell">
      <a className="ct-skip" href="#main">
        {t('nav.skip')}
      </a>
      {demo.data && (
        <p className="ct-test" data-testid="test-strip">
          <strong>{t('shell.test_strip')}</strong>
          <span>{t('shell.test_strip_detail')}</span>
        </p>
      )}
      <header className="ct-head">
        <Button
          className="ct-burger"
          type="text"
          icon={<MenuOutlined />}
          aria-label={t('nav.open')}
          onClick={() => setNavOpen(true)}
        />
        <Logo size={24} />
        <span className="ct-brand">{t('shell.product')}</span>
        <JumpBox />
        <PersonMenu />
      </header>
      <aside className="ct-side">
        <NavList operator={operator} />
      </aside>
      <Drawer
        open={isNavOpen}
        onClose={() => setNavOpen(false)}
        placement="left"
        size={248}
        title={t('shell.product')}
        styles={{ body: { padding: 8 } }}
      >
        <NavList operator={operator} />
      </Drawer>
      <main className="ct-main" id="main" ref={main} tabIndex={-1}>
        {maySee(pathname.replace(/^\/console/, ''), operator) ? <Outlet /> : <NotYours />}
      </main>
    </div>
  )
}

/** Who is signed in, the language, the look, and the way out. */
function PersonMenu(): ReactElement {
  const t = useText()
  const principal = usePrincipal()
  const operator = isOperator(principal)
  return (
    <Dropdown
      trigger={['click']}
      placement="bottomRight"
      popupRender={() => (
        <div className="ct-menu">
          <p>
            <strong>{principal.name}</strong>
            <span>{operator ? t('shell.role_operator') : t('shell.role_merchant')}</span>
            <span>{principal.merchant?.name ?? principal.institution.name}</span>
          </p>
          <div className="ct-menu-row">
            <span>{t('shell.language')}</span>
            <LanguageSwitch />
          </div>
          <div className="ct-menu-row">
            <span>{t('shell.theme')}</span>
            <ThemeSwitch />
          </div>
          <a href="/docs" target="_blank" rel="noreferrer">
            {t('shell.docs')}
          </a>
          <Button block onClick={() => void signOut()} data-testid="sign-out">
            {t('shell.sign_out')}
          </Button>
        </div>
      )}
    >
      <button type="button" className="ct-person" data-testid="person-menu">
        <Icon name="user" size={16} />
        <span>{principal.name}</span>
        <Icon name="chevronDown" size={14} />
      </button>
    </Dropdown>
  )
}
