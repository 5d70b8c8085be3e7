import type { LocalStack } from '../../local/local-stack.ts'
import { authsignalUser } from '../support/authsignal-user.ts'
import { post, type Answer } from '../support/stack.ts'
import { arrivals, type ModelTime } from './model-time.ts'

export const STEPS = ['refresh', 'finish', 'start'] as const
export type Step = (typeof STEPS)[number]

/** What became of the requests and of the people in a while. */
export interface WhileReport {
  /** Requests: how many were made and how many were answered 200. */
  steps: Record<Step, { asked: number; served: number }>
  /** People who came to sign in, and those who did. */
  came: number
  signedIn: number
  /** Addresses of new people who went away without. */
  turnedAway: string[]
  /** Answers that nobody should get. */
  unexpected: string[]
}

export interface Load {
  /** People who come to sign in, per second. */
  comers: number
  /** Which share of them is new. */
  newShare: number
  /** Refreshes per second. */
  refreshes: number
  ms: number
}

/** What a client does when it is told to come back later: what it was told, or what it likes. */
const MANNERS = {
  polite: { tries: 3, pauseMs: (answer: Answer) => answer.body.retryAfter * 1_000 },
  impatient: { tries: 5, pauseMs: () => 150 },
} as const
type Manner = keyof typeof MANNERS

const NAMES = { start: '/start-sign-in', finish: '/finish-sign-in', refresh: '/refresh' }

/**
 * People who come whether or not those before them have been answered: who waits for an answer before
 * the next one comes, as most load generators do, asks less of a service that fails, and hides it.
 */
export interface Crowd {
  /** So many people sign in, one after the other, and stay for the refreshes. */
  settle(count: number): Promise<void>
  /** Lets people come for a while, and waits for those who are half-way. */
  letCome(load: Load): Promise<WhileReport>
  /** Whether this user can sign in now. */
  canSignIn(email: string): Promise<boolean>
}

export function crowd(local: LocalStack, url: string, time: ModelTime): Crowd {
  const authsignal = authsignalUser(local.authsignal)
  /** Refresh tokens of those who are signed in; the first is the one to be used next. */
  const sessions: string[] = []
  let people = 0

  async function ask(report: WhileReport, step: Step, body: object): Promise<Answer> {
    report.steps[step].asked += 1
    const answer = await post(`${url}${NAMES[step]}`, body)
    if (answer.status === 200) report.steps[step].served += 1
    else if (!isComeBackLater(answer)) {
      report.unexpected.push(`${step} ${answer.status} ${answer.body?.code}`)
    }
    return answer
  }

  async function insist(
    report: WhileReport,
    step: Step,
    body: object,
    { manner, isOver }: { manner: Manner; isOver: () => boolean },
  ): Promise<Answer | undefined> {
    const { tries, pauseMs } = MANNERS[manner]
    for (let left = tries; left > 0; left -= 1) {
      const answer = await ask(report, step, body)
      if (answer.status === 200) return answer
      await time.sleep(pauseMs(answer))
      if (isOver()) return undefined
    }
    return undefined
  }

  async function signIn(
    report: WhileReport,
    email: string,
    manner: Manner,
    isOver = () => false,
  ): Promise<string | undefined> {
    const started = await insist(report, 'start', { email }, { manner, isOver })
    if (started === undefined) return undefined
    const { session, token } = started.body
    const proof = await authsignal.pass(token, email)
    const proven = { session, token: proof }
    // Who is half-way is waited for.
    const half = { manner, isOver: () => false }
    const finished = await insist(report, 'finish', proven, half)
    if (finished !== undefined) report.signedIn += 1
    return finished?.body.refreshToken
  }

  async function visit(
    report: WhileReport,
    visitor: { email: string; isKnown: boolean; manner: Manner; isOver: () => boolean },
  ): Promise<void> {
    const { email, isKnown, manner, isOver } = visitor
    const token = await signIn(report, email, manner, isOver)
    if (token === undefined && !isKnown) report.turnedAway.push(email)
  }

  async function refresh(report: WhileReport): Promise<void> {
    const token = sessions.shift()
    if (token === undefined) throw new Error('nobody is signed in')
    const answer = await ask(report, 'refresh', { refreshToken: token })
    sessions.push(answer.status === 200 ? answer.body.refreshToken : token)
  }

  function newcomer(isKnown: boolean): string {
    const email = `person-${people++}@example.com`
    const attributes = { email, email_verified: 'true' }
    if (isKnown) local.cognito.users.put({ username: email, attributes })
    return email
  }

  return {
    async settle(count) {
      for (let settled = 0; settled < count; settled += 1) {
        const signingIn = signIn(newReport(), newcomer(true), 'polite')
        const token = await time.passUntil(signingIn)
        if (token === undefined) throw new Error('nobody can sign in')
        sessions.push(token)
      }
    },

    async letCome({ comers, newShare, refreshes, ms }) {
      const report = newReport()
      const underWay = new Set<Promise<unknown>>()
      const begin = (work: Promise<unknown>) => {
        const ended = work.finally(() => underWay.delete(ended))
        underWay.add(ended)
      }
      const known = arrivals(comers * (1 - newShare), 1)
      const unknown = arrivals(comers * newShare, 2)
      const refreshing = arrivals(refreshes, 3)
      let isOver = false
      const come = (isKnown: boolean) => {
        const manner = report.came % 2 === 0 ? 'polite' : 'impatient'
        report.came += 1
        const email = newcomer(isKnown)
        begin(visit(report, { email, isKnown, manner, isOver: () => isOver }))
      }
      await time.pass(ms, (tickMs) => {
        for (let count = known(tickMs); count > 0; count -= 1) come(true)
        for (let count = unknown(tickMs); count > 0; count -= 1) come(false)
        for (let count = refreshing(tickMs); count > 0; count -= 1) begin(refresh(report))
      })
      isOver = true
      await time.passUntil(Promise.all(underWay))
      return report
    },

    async canSignIn(email) {
      const report = newReport()
      const token = await time.passUntil(signIn(report, email, 'polite'))
      return token !== undefined && report.steps.start.asked === 1
    },
  }
}

function newReport(): WhileReport {
  const steps = {
    refresh: { asked: 0, served: 0 },
    finish: { asked: 0, served: 0 },
    start: { asked: 0, served: 0 },
  }
  return { steps, came: 0, signedIn: 0, turnedAway: [], unexpected: [] }
}

function isComeBackLater({ status, headers, body }: Answer): boolean {
  const { code, retryAfter } = body ?? {}
  const isTold = retryAfter > 0 && headers.get('retry-after') === String(retryAfter)
  return status === 503 && code === 'upstream_unavailable' && isTold
}

/** Of the requests of this kind, the share that was answered 200; all of none. */
export function shareServed(report: WhileReport, step: Step): number {
  const { asked, served } = report.steps[step]
  return asked === 0 ? 1 : served / asked
}
