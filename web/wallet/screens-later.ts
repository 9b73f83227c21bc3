/** Screens that are loaded when somebody goes there, together. */
export { AccountsScreen } from './accounts/AccountsScreen.tsx'
export { LinkScreen } from './accounts/LinkScreen.tsx'
export { PinScreen } from './me/PinScreen.tsx'
export { TopUpScreen } from './me/TopUpScreen.tsx'
export { PromotionsScreen } from './promotions/PromotionsScreen.tsx'
export { PayScreen } from './scan/PayScreen.tsx'
export { ScanScreen } from './scan/ScanScreen.tsx'
