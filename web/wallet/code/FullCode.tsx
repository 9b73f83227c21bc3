import { useEffect, useRef, useState, type ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { useWords } from '../text.ts'
import { Barcode, QrCode } from '../../ui/symbols.tsx'

export type FullKind = 'bar' | 'qr'

const barModules = 154
const qrModules = 29
const marginPx = 16

type Size = { long: number; short: number; isUpright: boolean }

function readSize(): Size {
  const { innerWidth: width, innerHeight: height } = window
  return {
    long: Math.max(width, height),
    short: Math.min(width, height),
    isUpright: height > width,
  }
}

function useScreenSize(): Size {
  const [size, setSize] = useState(readSize)
  useEffect(() => {
    const onResize = (): void => setSize(readSize())
    addEventListener('resize', onResize)
    return () => removeEventListener('resize', onResize)
  }, [])
  return size
}

type FullCodeProps = { kind: FullKind; digits: string; onClose: () => void }

/**
 * One symbol over the whole screen, as large as whole modules allow. The barcode lies along the long
 * side of the phone.
 */
export function FullCode({ kind, digits, onClose }: FullCodeProps): ReactElement {
  const t = useWords()
  const dialog = useRef<HTMLDialogElement>(null)
  const { long, short, isUpright } = useScreenSize()
  useEffect(() => dialog.current?.showModal(), [])

  const barModule = Math.max(2, Math.floor((long - 2 * marginPx) / barModules))
  const qrModule = Math.max(4, Math.floor((short - 2 * marginPx) / qrModules))
  const turned = kind === 'bar' && isUpright
  return (
    <dialog ref={dialog} className="full" aria-label={t('code.full')} onClose={onClose}>
      <button type="button" className="full-face" onClick={onClose} aria-label={t('action.close')}>
        <span className={turned ? 'full-symbol full-turned' : 'full-symbol'}>
          {kind === 'bar' && (
            <Barcode
              digits={digits}
              module={barModule}
              height={Math.round(short * 0.55)}
              label={t('code.barcode')}
            />
          )}
          {kind === 'qr' && <QrCode text={digits} module={qrModule} label={t('code.qr')} />}
        </span>
        <span className="full-close">
          <Icon name="cross" />
        </span>
      </button>
    </dialog>
  )
}
