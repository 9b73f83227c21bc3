import './ui/theme.css'
import './landing.css'

// The front page has no framework: its Chinese stands in the page, its English here.
const english: Record<string, string> = {
  claim: 'One till takes every payment code.',
  till: 'Till',
  till_what: 'Pick goods or key in an amount, scan the code, and the money is there.',
  wallet: 'Wallet',
  wallet_what: 'Show the payment code, see bills, set limits. Add it to your home screen.',
  console: 'Console',
  console_what: 'Live payments, merchants, stores, terminals, sharing rules and the books.',
  docs: 'API docs',
  docs_what: 'Connect your own till software or ERP.',
  phones: 'Sandbox phones',
  phones_what: 'No real phone is needed: open one and show its code. The password is 123456.',
  step_1: 'Open the wallet and choose a demo payer: the payment code is on the screen.',
  step_2: 'Open the till, activate it with the demo code, and enter an amount.',
  step_3: 'Scan the code with a scanner or a camera: both sides see the result at once.',
}

const storageKey = 'onetill.lang'
const places = [...document.querySelectorAll<HTMLElement>('[data-word]')]
const chinese = new Map(places.map((place) => [place, place.textContent]))
const button = document.getElementById('language')!

/** Writes the page in one of its two languages. */
function show(language: 'zh-CN' | 'en'): void {
  document.documentElement.lang = language
  button.textContent = language === 'en' ? '中文' : 'EN'
  button.lang = language === 'en' ? 'zh-CN' : 'en'
  for (const place of places) {
    const word = place.dataset['word'] ?? ''
    place.textContent = language === 'en' ? (english[word] ?? '') : (chinese.get(place) ?? '')
  }
}

button.addEventListener('click', () => {
  const next = document.documentElement.lang === 'en' ? 'zh-CN' : 'en'
  localStorage.setItem(storageKey, next)
  show(next)
})

const wished = localStorage.getItem(storageKey) ?? navigator.language
show(wished.toLowerCase().startsWith('en') ? 'en' : 'zh-CN')

type Phone = { scheme: string; title: string; name: string; url: string }

/** Links to the pages that play payers' phones. Outside of a demo there are none, and no word of it. */
async function showPhones(): Promise<void> {
  const answer = await fetch('/v1/demo')
  if (!answer.ok) return
  const { phones } = (await answer.json()) as { phones: Phone[] }
  const section = document.getElementById('phones')
  const list = section?.querySelector('ul')
  if (!section || !list || phones.length === 0) return
  for (const { scheme, title, name, url } of phones) {
    const link = document.createElement('a')
    link.href = url
    link.target = '_blank'
    link.rel = 'noreferrer'
    link.dataset['scheme'] = scheme
    const strong = document.createElement('strong')
    strong.textContent = title
    link.append(strong, ` ${name}`)
    const item = document.createElement('li')
    item.append(link)
    list.append(item)
  }
  section.hidden = false
}

// The page is whole without them.
showPhones().catch(() => undefined)
