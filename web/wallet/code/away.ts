/**
 * Marks the page while nobody looks at it, so that the code is blurred in the list of open apps.
 * The mark is set at once and not by a render, because the system takes its picture right then.
 */
export function watchAway(): void {
  const mark = (): void => {
    if (document.visibilityState === 'hidden') document.documentElement.dataset['away'] = ''
  }
  document.addEventListener('visibilitychange', mark)
  addEventListener('pagehide', () => (document.documentElement.dataset['away'] = ''))
}

/** Takes the mark away. Call after it is certain that an expired code is off the screen. */
export function clearAway(): void {
  delete document.documentElement.dataset['away']
}
