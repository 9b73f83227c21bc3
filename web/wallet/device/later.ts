import './device.css'
import { addDeviceWords } from './words.ts'

/** What only a device with offline codes needs; comes after the payer's own code is on the screen. */
export { DevicesScreen } from './DevicesScreen.tsx'
export { forgetThisDevice, followPin } from './fill.ts'
export { OfflineCard } from './OfflineCard.tsx'
export { OfflineLine } from './OfflineLine.tsx'

addDeviceWords()
