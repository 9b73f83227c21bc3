import type { IconName } from '../ui/icons.tsx'
import type { AsideFace } from './put-aside.ts'

/** How each is drawn: colour and icon; a new face is a type error here. */
export const asideLooks: Record<AsideFace, { tone: string; icon: IconName }> = {
  open: { tone: 'waiting', icon: 'spinner' },
  reversing: { tone: 'neutral', icon: 'spinner' },
  succeeded: { tone: 'succeeded', icon: 'check' },
  failed: { tone: 'failed', icon: 'cross' },
  reversed: { tone: 'neutral', icon: 'undo' },
  not_made: { tone: 'neutral', icon: 'undo' },
  refunding: { tone: 'processing', icon: 'spinner' },
  refunded: { tone: 'neutral', icon: 'undo' },
}
