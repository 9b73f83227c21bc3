import './feed.css'
import { addFeedWords } from './words.ts'

/** What shops tell, and what is told them; comes after the payer's own code is on the screen. */
export { BillFeedback } from '../bills/BillFeedback.tsx'
export { FeedScreen } from './FeedScreen.tsx'
export { FollowLine } from './FollowLine.tsx'
export { NewsScreen } from './NewsScreen.tsx'
export { SubscriptionsScreen } from './SubscriptionsScreen.tsx'

addFeedWords()
