import { createRoot } from 'react-dom/client'
import { startI18n } from '../ui/i18n.tsx'
import { startTheme } from '../ui/theme-mode.ts'
import '../ui/theme.css'
import './console.css'
import './parts/parts.css'
import './payment/payment.css'
import './roads.css'
import { App } from './App.tsx'
import { en } from './locales/en.ts'
import { zhCN } from './locales/zh-CN.ts'

startTheme()
startI18n({ 'zh-CN': zhCN, en })

const root = document.getElementById('root')
if (root) createRoot(root).render(<App />)
