import { createRoot } from 'react-dom/client'
import '../ui/theme.css'
import { startI18n } from '../ui/i18n.tsx'
import { unlockSoundsOnFirstGesture } from '../ui/sound.ts'
import { startTheme } from '../ui/theme-mode.ts'
import { readActivationHash } from './activation.ts'
import { registerWorker } from '../ui/worker.ts'
import { App } from './App.tsx'
import { watchInstall } from './install.ts'
import { en } from './locales/en.ts'
import { zhCN } from './locales/zh-CN.ts'
import './till.css'
import './screens.css'
import './money.css'

// Before anything can look at it: the code in the address is worth a terminal.
const activationCode = readActivationHash()

startTheme()
startI18n({ 'zh-CN': zhCN, en })
unlockSoundsOnFirstGesture()
watchInstall()

const root = document.getElementById('root')
if (!root) throw new Error('The page has no #root.')
createRoot(root).render(<App activationCode={activationCode} />)
registerWorker('till')
