import type { ReactElement } from 'react'
import { Camera as Lens } from '../ui/Camera.tsx'
import { useT } from '../ui/i18n.tsx'
import { cameraFormats } from './camera-formats.ts'

type CameraProps = {
  onText: (text: string) => void
  /** What to hold before it, where that is not a payment code. */
  reading?: string
}

/** The second way to scan: payment codes and goods before the camera. */
export function Camera({ onText, reading }: CameraProps): ReactElement {
  const t = useT()
  return (
    <Lens
      onText={onText}
      formats={cameraFormats}
      label={t('collect.camera')}
      words={(state) => (state === 'reading' && reading ? reading : t(`camera.${state}`))}
      className="till-camera"
      testId="collect-camera"
    />
  )
}
