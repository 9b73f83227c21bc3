import { useEffect, useRef, useState, type ReactElement, type RefObject } from 'react'
import type { CodeFormats } from './camera-reader.ts'
import { Icon } from './icons.tsx'

const readEveryMs = 120
// The same code stays before the lens for a while; it is told once in this time.
const sameTextMs = 2_000
const longestSidePx = 1_280

export type CameraState = 'starting' | 'reading' | 'denied' | 'missing' | 'insecure' | 'no_reader'

type CameraProps = {
  onText: (text: string) => void
  formats: CodeFormats
  /** What the picture is called for those who do not see it. */
  label: string
  /** What is said below it: what to hold before it, or why there is none and what to do. */
  words: (state: CameraState) => string
  /** The class of the box; `-note`, `-ill` and `-frame` behind it name its parts. */
  className: string
  testId?: string
}

/** What the camera sees, and the text of every code in it. The decoder is loaded with the camera. */
export function Camera(props: CameraProps): ReactElement {
  const { onText, formats, label, words, className, testId } = props
  const video = useRef<HTMLVideoElement>(null)
  const state = useCamera(video, formats, onText)
  const isWell = state === 'starting' || state === 'reading'
  return (
    <div className={className} data-state={state} {...(testId ? { 'data-testid': testId } : {})}>
      <video ref={video} muted playsInline aria-label={label} hidden={!isWell} />
      {state === 'reading' && <span className={`${className}-frame`} aria-hidden />}
      <p role="status" className={`${className}-note ${isWell ? '' : `${className}-ill`}`}>
        {!isWell && <Icon name="warning" size={28} />}
        {words(state)}
      </p>
    </div>
  )
}

function useCamera(
  video: RefObject<HTMLVideoElement | null>,
  formats: CodeFormats,
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
      const opening = openCamera()
      // Kept at once: whatever fails after it, the camera's light goes out.
      void opening.then((opened) => (stream = opened)).catch(() => undefined)
      const [opened, { readCode }] = await Promise.all([opening, import('./camera-reader.ts')])
      if (isOver || !video.current) return stop()
      video.current.srcObject = opened
      await video.current.play()
      setState('reading')
      async function readNext(): Promise<void> {
        const picture = video.current && grab(video.current)
        const text = picture && (await readCode(picture, formats))
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
  }, [video, formats])
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
