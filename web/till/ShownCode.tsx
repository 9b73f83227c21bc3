import { useEffect, useState, type ReactElement } from 'react'
import { useT } from '../ui/i18n.tsx'
import { Icon, type IconName } from '../ui/icons.tsx'
import { QrCode, qrWidth } from '../ui/symbols.tsx'

const largestPx = 420
const smallestModulePx = 3

/** The code that the customer scans, as large as the screen allows; before and after it a drawing. */
export function ShownCode({ text, icon }: { text: string | null; icon: IconName }): ReactElement {
  const t = useT()
  const side = useSide()
  return (
    <div className="till-shown" style={{ width: side, height: side }} data-testid="shown-qr">
      {text ? (
        <QrCode
          text={text}
          module={Math.max(smallestModulePx, Math.floor(side / qrWidth(text)))}
          label={t('waiting.qr_label')}
        />
      ) : (
        <Icon name={icon} size={96} />
      )}
    </div>
  )
}

// By the window and not by the box, so that the words beside it never move.
function useSide(): number {
  const [side, setSide] = useState(measure)
  useEffect(() => {
    const onResize = (): void => setSide(measure())
    addEventListener('resize', onResize)
    return () => removeEventListener('resize', onResize)
  }, [])
  return side
}

function measure(): number {
  const isNarrow = innerWidth <= 720
  const room = isNarrow
    ? Math.min(innerWidth - 64, innerHeight * 0.29)
    : Math.min(innerWidth * 0.42, innerHeight - 240)
  return Math.round(Math.min(largestPx, Math.max(160, room)))
}
