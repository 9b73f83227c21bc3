import { createRoot } from 'react-dom/client'
import '../ui/theme.css'
import './wallet.css'
import { startI18n } from '../ui/i18n.tsx'
import { unlockSoundsOnFirstGesture } from '../ui/sound.ts'
import { startTheme } from '../ui/theme-mode.ts'
import { registerWorker } from '../ui/worker.ts'
import { App } from './App.tsx'
import { placeOfArrival } from './arrival.ts'
import { watchAway } from './code/away.ts'
import { en } from './locales/en.ts'
import { zhCN } from './locales/zh-CN.ts'
import { navigate } from './router.ts'

startTheme()
startI18n({ 'zh-CN': zhCN, en })
unlockSoundsOnFirstGesture()
watchAway()
const arrival = placeOfArrival(location.search)
if (arrival) navigate(arrival, { replace: true })
createRoot(document.getElementById('root')!).render(<App />)
registerWorker('wallet')
