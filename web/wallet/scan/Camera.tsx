import { useEffect, useRef, useState, type ReactElement, type RefObject } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { useWords } from '../text.ts'

const readEveryMs = 150
// The same code stays before the lens for a while; it is told once in this time.
const sameTextMs = 3_000
const longestSidePx = 1_024

type CameraState = 'starting' | 'reading' | 'denied' | 'missing' | 'insecure' | 'no_reader'

/** What the camera sees, and the text of every QR code in it. */
export function Camera({ onText }: { onText: (text: string) => void }): ReactElement {
  const t = useWords()
  const video = useRef<HTMLVideoElement>(null)
  const state = useCamera(video, onText)
  const isWell = state === 'starting' || state === 'reading'
  return (
    <div className="lens" data-state={state}>
      <video ref={video} muted playsInline aria-label={t('scan.camera')} hidden={!isWell} />
      {state === 'reading' && <span className="lens-frame" aria-hidden />}
      <p role="status" className={isWell ? 'lens-note' : 'lens-note lens-ill'}>
        {!isWell && <Icon name="warning" size={28} />}
        {t(`scan.camera_${state}`)}
      </p>
    </div>
  )
}

function useCamera(
  video: RefObject<HTMLVideoElement | null>,
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
    const tell = tellOnce((text) => listener.current(text))

    async function run(): Promise<void> {
      // The decoder is large, and comes while the camera is asked for.
      const [opened, { readQr }] = await Promise.all([openCamera(), import('./reader.ts')])
      stream = opened
      if (isOver || !video.current) return stop()
      video.current.srcObject = opened
      await video.current.play()
      setState('reading')
      async function readNext(): Promise<void> {
        const frame = video.current && grab(video.current)
        const text = frame && (await readQr(frame))
        if (isOver) return
        if (text) tell(text)
        timer = setTimeout(() => void readNext().catch(fail), readEveryMs)
      }
      await readNext()
    }
    function fail(cause: unknown): void {
      stop()
      if (!isOver) setState(reasonOf(cause))
    }
    run().catch(fail)
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
    video: { facingMode: 'environment', width: { ideal: 1_280 }, height: { ideal: 1_280 } },
  })
}

function reasonOf(cause: unknown): CameraState {
  if (!(cause instanceof DOMException)) return 'no_reader'
  if (cause.name === 'NotAllowedError') return 'denied'
  return cause.name === 'SecurityError' ? 'insecure' : 'missing'
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

/** The picture before the lens, not larger than the decoder needs; null before there is one. */
function grab(video: HTMLVideoElement): ImageData | null {
  const { videoWidth, videoHeight } = video
  if (videoWidth === 0) return null
  const scale = Math.min(1, longestSidePx / Math.max(videoWidth, videoHeight))
  canvas.width = Math.round(videoWidth * scale)
  canvas.height = Math.round(videoHeight * scale)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) return null
  context.drawImage(video, 0, 0, canvas.width, canvas.height)
  return context.getImageData(0, 0, canvas.width, canvas.height)
}
