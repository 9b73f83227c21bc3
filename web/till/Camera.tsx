import { useEffect, useRef, useState, type ReactElement } from 'react'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import wasmUrl from 'zxing-wasm/reader/zxing_reader.wasm?url'
import { useT } from '../ui/i18n.tsx'
import { Icon } from '../ui/icons.tsx'
import { cameraFormats } from './camera-formats.ts'

// The decoder would fetch itself from a public CDN; ours is served by the till's own server.
prepareZXingModule({ overrides: { locateFile: () => wasmUrl } })

const readEveryMs = 120
// The same code stays before the lens for a while; it is told once in this time.
const sameTextMs = 2_000
const longestSidePx = 1_280

type CameraState = 'starting' | 'reading' | 'denied' | 'missing' | 'insecure'

type CameraProps = {
  onText: (text: string) => void
  /** What to hold before it, where that is not a payment code. */
  reading?: string
}

/** The second way to scan: payment codes and goods before the camera. */
export function Camera({ onText, reading }: CameraProps): ReactElement {
  const t = useT()
  const video = useRef<HTMLVideoElement>(null)
  const state = useCamera(video, onText)
  return (
    <div className="till-camera" data-testid="collect-camera" data-state={state}>
      <video ref={video} muted playsInline aria-label={t('collect.camera')} />
      <p role="status">
        {state !== 'reading' && state !== 'starting' && <Icon name="warning" size={18} />}
        {state === 'reading' && reading ? reading : t(`camera.${state}`)}
      </p>
    </div>
  )
}

function useCamera(
  video: React.RefObject<HTMLVideoElement | null>,
  onText: (text: string) => void,
): CameraState {
  const [state, setState] = useState<CameraState>('starting')
  const listener = useRef(onText)
  useEffect(() => {
    listener.current = onText
  })
  useEffect(() => {
    let isOver = false
    let stream: MediaStream | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = (): void => stream?.getTracks().forEach((track) => track.stop())
    const told = tellOnce((text) => listener.current(text))

    const readNext = async (): Promise<void> => {
      if (isOver || !video.current) return
      const text = await readFrame(video.current)
      if (isOver) return
      if (text) told(text)
      timer = setTimeout(() => void readNext(), readEveryMs)
    }

    openCamera()
      .then(async (opened) => {
        stream = opened
        if (isOver || !video.current) return stop()
        video.current.srcObject = opened
        await video.current.play()
        setState('reading')
        await readNext()
      })
      .catch((error: unknown) => setState(isOver ? 'starting' : reasonOf(error)))
    return () => {
      isOver = true
      clearTimeout(timer)
      stop()
    }
  }, [video])
  return state
}

function openCamera(): Promise<MediaStream> {
  if (!isSecureContext || !navigator.mediaDevices) {
    return Promise.reject(new DOMException('A camera needs https.', 'SecurityError'))
  }
  return navigator.mediaDevices.getUserMedia({
    video: { facingMode: 'environment', width: { ideal: 1_920 }, height: { ideal: 1_080 } },
  })
}

function reasonOf(error: unknown): CameraState {
  const name = error instanceof DOMException ? error.name : ''
  if (name === 'NotAllowedError') return 'denied'
  return name === 'SecurityError' ? 'insecure' : 'missing'
}

function tellOnce(tell: (text: string) => void): (text: string) => void {
  let last = { text: '', atMs: -Infinity }
  return (text) => {
    const now = performance.now()
    const isSame = last.text === text && now - last.atMs < sameTextMs
    last = { text, atMs: now }
    if (!isSame) tell(text)
  }
}

const canvas = document.createElement('canvas')

async function readFrame(video: HTMLVideoElement): Promise<string | undefined> {
  const { videoWidth, videoHeight } = video
  if (videoWidth === 0) return undefined
  const scale = Math.min(1, longestSidePx / Math.max(videoWidth, videoHeight))
  canvas.width = Math.round(videoWidth * scale)
  canvas.height = Math.round(videoHeight * scale)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) return undefined
  context.drawImage(video, 0, 0, canvas.width, canvas.height)
  const image = context.getImageData(0, 0, canvas.width, canvas.height)
  const [found] = await readBarcodes(image, {
    formats: [...cameraFormats],
    maxNumberOfSymbols: 1,
    tryHarder: true,
  })
  return found?.isValid ? found.text : undefined
}
