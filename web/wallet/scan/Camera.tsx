import type { ReactElement } from 'react'
import { Camera as Lens } from '../../ui/Camera.tsx'
import { useWords } from '../text.ts'
import { walletFormats } from './reader.ts'

/** What the camera sees, and the text of every QR code in it. */
export function Camera({ onText }: { onText: (text: string) => void }): ReactElement {
  const t = useWords()
  return (
    <Lens
      onText={onText}
      formats={walletFormats}
      label={t('scan.camera')}
      words={(state) => t(`scan.camera_${state}`)}
      className="lens"
    />
  )
}
