/** Sounds, voice and flash: what a cashier or a payer notices without looking. */

export type SoundName = 'accepted' | 'refused' | 'paid' | 'failed'

export type SoundSettings = {
  muted: boolean
  /** 0 to 1. */
  volume: number
  /** Whether results are also spoken. */
  voice: boolean
}

type Note = { hertz: number; atMs: number; forMs: number; wave: OscillatorType }

// Told apart by rhythm as well as by pitch: one high, one low, two rising, two falling.
const sounds: Record<SoundName, readonly Note[]> = {
  accepted: [{ hertz: 1568, atMs: 0, forMs: 70, wave: 'sine' }],
  refused: [{ hertz: 196, atMs: 0, forMs: 260, wave: 'square' }],
  paid: [
    { hertz: 880, atMs: 0, forMs: 110, wave: 'sine' },
    { hertz: 1319, atMs: 120, forMs: 240, wave: 'sine' },
  ],
  failed: [
    { hertz: 330, atMs: 0, forMs: 160, wave: 'square' },
    { hertz: 220, atMs: 180, forMs: 280, wave: 'square' },
  ],
}

const storageKey = 'onetill.sound'
const defaults: SoundSettings = { muted: false, volume: 0.7, voice: true }
let settings: SoundSettings | null = null
let context: AudioContext | null = null

/** The sound settings of this device. */
export function soundSettings(): SoundSettings {
  settings ??= { ...defaults, ...readStored() }
  return settings
}

/** Changes and keeps the sound settings of this device. */
export function setSoundSettings(change: Partial<SoundSettings>): void {
  settings = { ...soundSettings(), ...change }
  localStorage.setItem(storageKey, JSON.stringify(settings))
}

function readStored(): Partial<SoundSettings> {
  try {
    return JSON.parse(localStorage.getItem(storageKey) ?? '{}') as Partial<SoundSettings>
  } catch {
    // Somebody else's text under our key; the defaults are as good as new.
    return {}
  }
}

/** Browsers give sound only after a gesture: call once at start, the first key or touch opens it. */
export function unlockSoundsOnFirstGesture(): void {
  const unlock = (): void => {
    context ??= new AudioContext()
    void context.resume()
    for (const name of ['pointerdown', 'keydown']) removeEventListener(name, unlock, true)
  }
  for (const name of ['pointerdown', 'keydown']) addEventListener(name, unlock, true)
}

/** Whether sound can be heard yet. A page that needs it shows a "turn sound on" button until then. */
export function isSoundUnlocked(): boolean {
  return context?.state === 'running'
}

/** Plays one of the four sounds; silent while muted or before the first gesture. */
export function playSound(name: SoundName): void {
  const { muted, volume } = soundSettings()
  if (muted || !context || context.state !== 'running') return
  for (const note of sounds[name]) playNote(context, note, volume)
}

function playNote(audio: AudioContext, note: Note, volume: number): void {
  const startAt = audio.currentTime + note.atMs / 1000
  const endAt = startAt + note.forMs / 1000
  const loud = volume * (note.wave === 'square' ? 0.25 : 0.6)
  const gain = audio.createGain()
  gain.gain.setValueAtTime(0, startAt)
  gain.gain.linearRampToValueAtTime(loud, startAt + 0.008)
  gain.gain.setValueAtTime(loud, endAt - 0.03)
  gain.gain.linearRampToValueAtTime(0, endAt)
  const oscillator = audio.createOscillator()
  oscillator.type = note.wave
  oscillator.frequency.value = note.hertz
  oscillator.connect(gain).connect(audio.destination)
  oscillator.start(startAt)
  oscillator.stop(endAt)
}

/**
 * Says a sentence with a voice of this device. Nothing happens when there is none for the language:
 * a voice in the cloud would be late and would tell a stranger the amount.
 */
export function speak(text: string, language: string): void {
  const { muted, volume, voice } = soundSettings()
  if (muted || !voice || !('speechSynthesis' in globalThis)) return
  const start = language.slice(0, 2).toLowerCase()
  const local = speechSynthesis
    .getVoices()
    .find((each) => each.localService && each.lang.toLowerCase().startsWith(start))
  if (!local) return
  const utterance = new SpeechSynthesisUtterance(text)
  utterance.voice = local
  utterance.lang = local.lang
  utterance.volume = volume
  speechSynthesis.cancel()
  speechSynthesis.speak(utterance)
}

/** A coloured frame around the screen for a moment, for the deaf and for loud shops. */
export function flash(tone: 'good' | 'bad'): void {
  const frame = document.createElement('div')
  frame.className = `ot-flash ot-flash-${tone}`
  frame.setAttribute('aria-hidden', 'true')
  document.body.append(frame)
  setTimeout(() => frame.remove(), 600)
}
