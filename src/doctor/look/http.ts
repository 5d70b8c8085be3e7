import type { Looked } from '../facts.ts'

export interface HttpAnswer {
  status: number
  /** Undefined when it is no JSON. */
  body: unknown
  /** Milliseconds by which our clock is ahead of the answer's Date header. */
  clock: Looked<number>
}

/** Never read more than this of what a stranger may answer. */
const MOST_BYTES = 100_000

/** A GET that follows no redirect: what it carries is for this host only. */
export async function get(
  url: string,
  timeoutMs: number,
  headers: Record<string, string> = {},
): Promise<Looked<HttpAnswer>> {
  const signal = AbortSignal.timeout(timeoutMs)
  const before = Date.now()
  try {
    const answer = await fetch(url, { headers, signal, redirect: 'manual' })
    const clock = aheadOf(answer.headers.get('date'), (before + Date.now()) / 2)
    return { seen: { status: answer.status, body: await jsonOf(answer), clock } }
  } catch (error) {
    return { unseen: reasonOf(error) }
  }
}

async function jsonOf(answer: Response): Promise<unknown> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of answer.body ?? []) {
    length += chunk.length
    if (length > MOST_BYTES) return undefined
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    return undefined
  }
}

function aheadOf(date: string | null, at: number): Looked<number> {
  // The header cuts off the part of a second.
  const theirs = Date.parse(date ?? '') + 500
  return Number.isNaN(theirs) ? { unseen: 'the answer has no date' } : { seen: at - theirs }
}

/** A name for what went wrong, never its text, which quotes the address. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'no answer in time'
  const cause: unknown = error instanceof Error ? error.cause : undefined
  const code: unknown = cause instanceof Error && 'code' in cause ? cause.code : undefined
  return typeof code === 'string' && /^\w{1,64}$/.test(code)
    ? `no connection (${code})`
    : 'no connection'
}
