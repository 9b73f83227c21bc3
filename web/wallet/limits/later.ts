import './limits.css'
import { addLimitWords } from './words.ts'

/** What a payer allows; comes after the payer's own code is on the screen. */
export { LimitsScreen } from '../me/LimitsScreen.tsx'

addLimitWords()
