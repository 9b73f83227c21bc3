export type Post = { address: URL; body: string; timeoutMs: number }

/** What came back; or, in a word, why nothing did. It may have been done all the same. */
export type Answer = { text: string; problem?: undefined } | { problem: string; text?: undefined }

// No answer to one order comes near this; whoever sends more is not whom we asked.
const LARGEST_ANSWER_BYTES = 512 * 1024

/**
 * Posts a form. Never throws. Why no answer came is told in a word: an error of `fetch` may hold the
 * address or the body, and the body may hold a payment code. Redirections are not followed, since a
 * code goes to the address in the settings and nowhere else.
 */
export async function postForm(
  fetch: typeof globalThis.fetch,
  { address, body, timeoutMs }: Post,
): Promise<Answer> {
  try {
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    const text = await textOf(answer.body ?? [])
    if (text === null) return { problem: 'TOO_LARGE' }
    return answer.status === 200 ? { text } : { problem: `HTTP_${answer.status}` }
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError'
    return { problem: isLate ? 'TIMEOUT' : 'NO_ANSWER' }
  }
}

async function textOf(
  parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<string | null> {
  const kept: Uint8Array[] = []
  let bytes = 0
  for await (const part of parts) {
    bytes += part.length
    if (bytes > LARGEST_ANSWER_BYTES) return null
    kept.push(part)
  }
  return Buffer.concat(kept).toString('utf8')
}
