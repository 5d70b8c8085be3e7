import { randomUUID } from 'node:crypto'
import type { LocalStack } from '../../local/local-stack.ts'
import { authsignalUser, type AuthsignalUser } from '../support/authsignal-user.ts'
import type { Answer as StackAnswer } from '../support/stack.ts'

/** What clients were told, counted, and every promise of the service that was broken. */
export interface Report {
  /** `POST /refresh 200`, with the code of a problem. */
  answers: Map<string, number>
  /** Connections that broke off: only ever those of an instance that was killed. */
  brokenOff: number
  signIns: number
  broken: string[]
}

/** People who sign in, refresh, look at their profile, make mistakes and sign out, without end. */
export interface Visitors {
  report: Report
  /** Lets some of them come; they leave when told to. */
  come(count: number): void
  leave(): Promise<void>
}

type Answer = Omit<StackAnswer, 'headers'>

export interface VisitorsOptions {
  local: LocalStack
  /** The instances of now, as a load balancer knows them. */
  instances: () => readonly string[]
  /** Statuses that are no fault at this time. */
  mayFailWith: () => readonly number[]
}

/** How long a client waits before it tries again where the service says so, in milliseconds. */
const WAIT_MS = 50

export function visitors({ local, instances, mayFailWith }: VisitorsOptions): Visitors {
  const report: Report = { answers: new Map(), brokenOff: 0, signIns: 0, broken: [] }
  const user = authsignalUser(local.authsignal)
  const present: Promise<void>[] = []
  const leaving = new AbortController()

  /** One request through the load balancer; undefined when the connection broke off. */
  async function call(
    method: string,
    path: string,
    { body, headers = {} }: { body?: object; headers?: Record<string, string> } = {},
  ): Promise<Answer | undefined> {
    const all = instances()
    const instance = all[Math.floor(Math.random() * all.length)]!
    let answer: Answer
    try {
      const response = await fetch(`${instance}${path}`, {
        method,
        headers: { ...(body && { 'content-type': 'application/json' }), ...headers },
        ...(body && { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      answer = { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
    } catch {
      report.brokenOff += 1
      return undefined
    }
    note(`${method} ${path}`, answer)
    return answer
  }

  function note(operation: string, { status, body }: Answer): void {
    const key = `${operation} ${status}${body?.code ? ` ${body.code}` : ''}`
    report.answers.set(key, (report.answers.get(key) ?? 0) + 1)
    if (status >= 500 && !mayFailWith().includes(status)) report.broken.push(key)
    if (status === 503 && !(body.retryAfter > 0)) report.broken.push(`${key} without retryAfter`)
  }

  /** As a well-made client does: the same request again while nothing or 503 comes back. */
  async function insist(...request: Parameters<typeof call>): Promise<Answer | undefined> {
    for (let attempt = 0; attempt < 40 && !leaving.signal.aborted; attempt += 1) {
      const answer = await call(...request)
      if (answer !== undefined && answer.status < 500 && answer.status !== 429) return answer
      await new Promise((resolve) => setTimeout(resolve, WAIT_MS))
    }
    return undefined
  }

  /** A double tap: two requests with one key, answered alike or not at all. */
  async function start(email: string): Promise<Answer | undefined> {
    const request = { body: { email }, headers: { 'idempotency-key': randomUUID() } }
    const [first] = await Promise.all([
      insist('POST', '/start-sign-in', request),
      insist('POST', '/start-sign-in', request),
    ])
    return first?.status === 200 ? first : undefined
  }

  async function signIn(email: string): Promise<Answer | undefined> {
    const started = await start(email)
    if (started === undefined) return undefined
    const sentBefore = local.authsignal.messages(email).length
    const proof = await pass(user, started.body.token, email)
    if (proof === undefined) return undefined
    const sent = local.authsignal.messages(email).length - sentBefore
    if (sent !== 1) report.broken.push(`${sent} messages for one sign-in`)
    const body = { session: started.body.session, token: proof }
    // Twice at once, at whatever instances: one proof is one sign-in.
    const finished = await Promise.all([
      call('POST', '/finish-sign-in', { body }),
      call('POST', '/finish-sign-in', { body }),
    ])
    const signedIn = finished.filter((answer) => answer?.status === 200)
    if (signedIn.length > 1) report.broken.push('one proof signed in twice')
    const again = await call('POST', '/finish-sign-in', { body })
    if (signedIn.length > 0 && again?.status === 200) report.broken.push('a replay signed in')
    if (signedIn.length > 0) report.signIns += 1
    return signedIn[0]
  }

  async function useAccount(tokens: { accessToken: string; refreshToken: string }): Promise<void> {
    const authorization = `Bearer ${tokens.accessToken}`
    await call('GET', '/me', { headers: { authorization } })
    await call('GET', '/authenticators', { headers: { authorization } })
    const { refreshToken } = tokens
    const refreshed = await Promise.all(
      [1, 2, 3].map(() => insist('POST', '/refresh', { body: { refreshToken } })),
    )
    const renewed = refreshed.find((answer) => answer?.status === 200)
    const isRefused = refreshed.every((answer) => answer !== undefined && answer.status !== 200)
    if (isRefused) report.broken.push('a session was lost by its refresh')
    const last = renewed?.body.refreshToken ?? refreshToken
    const signedOut = await insist('POST', '/sign-out', { body: { refreshToken: last } })
    // Nobody insists any more when it is time to leave.
    if (signedOut?.status !== 204) return
    const after = await call('POST', '/refresh', { body: { refreshToken: last } })
    if (after?.status === 200) report.broken.push('a refresh after the sign-out')
  }

  async function makeMistakes(email: string): Promise<void> {
    await call('POST', '/start-sign-in', { body: { email: 'no address' } })
    await call('POST', '/finish-sign-in', { body: { session: 's1.nothing', token: 'a.b.c' } })
    await call('GET', '/me', { headers: { authorization: 'Bearer nothing' } })
    const started = await start(email)
    if (started === undefined) return
    await call('POST', '/finish-sign-in', {
      body: { session: started.body.session, token: 'a.b.c' },
    })
  }

  async function visit(name: string): Promise<void> {
    for (let round = 0; !leaving.signal.aborted; round += 1) {
      // Mostly they come back; now and then somebody is new.
      const email = round % 5 === 4 ? `${name}-${round}@example.com` : `${name}@example.com`
      const signedIn = await signIn(email)
      if (signedIn !== undefined) await useAccount(signedIn.body)
      if (round % 3 === 2) await makeMistakes(`${name}-mistaken@example.com`)
    }
  }

  return {
    report,
    come(count) {
      for (let i = 0; i < count; i += 1) present.push(visit(`visitor-${i}`))
    },
    async leave() {
      leaving.abort()
      await Promise.all(present)
    },
  }
}

/** Undefined when the challenge cannot be taken: Authsignal is among what fails. */
async function pass(user: AuthsignalUser, token: string, email: string) {
  return user.pass(token, email).catch(() => undefined)
}

/** What was answered how often, as a table. */
export function tableOf({ answers, brokenOff, signIns }: Report): string {
  const rows = [...answers].toSorted(([a], [b]) => a.localeCompare(b))
  return [
    '| answer | times |',
    '|---|---|',
    ...rows.map(([key, times]) => `| ${key} | ${times} |`),
    `| broken off | ${brokenOff} |`,
    `| signed in | ${signIns} |`,
    '',
  ].join('\n')
}
