import type { Answer } from '../api/call.ts'
import type { Problem } from '../api/problem.ts'
import type { Factors } from '../authsignal/factors.ts'
import { say, type Message } from '../language/language.ts'
import { problemMessage } from '../language/problems.ts'
import { Challenge, type Attempt, type ChallengeState, type Verdict } from './challenge.ts'
import type { Method } from './methods.ts'

/** Something that somebody who is signed in has to confirm. */
export interface Task {
  title: Message
  lead: Message
  methods: readonly Method[]
  /** Where codes go, masked. */
  address?: string
  /** No attempt when nothing needs to be confirmed. */
  start(): Promise<Answer<Omit<Attempt, 'expiresAt'> | undefined>>
  finish(token: string): Promise<Answer<unknown>>
}

export interface TaskState {
  title: Message
  lead: Message
  challenge?: ChallengeState
  /** Why it is over; it can be started again. */
  failed?: Message
}

export interface TaskPorts {
  factors: Factors
  now: () => number
  /** Undefined when nothing is to be confirmed. */
  render(state: TaskState | undefined): void
}

/** Authsignal's own limit for a token (docs: client-api/overview). */
const CHALLENGE_MS = 10 * 60_000

/** Has one thing at a time confirmed, in a dialog over what the person is doing. */
export class Confirmations {
  readonly #ports: TaskPorts
  #task: Task | undefined
  #challenge: Challenge | undefined
  #settle: (isDone: boolean) => void = () => {}

  constructor(ports: TaskPorts) {
    this.#ports = ports
  }

  get challenge(): Challenge | undefined {
    return this.#challenge
  }

  /** @returns whether it has been confirmed; false when the person thought better of it */
  take(task: Task): Promise<boolean> {
    this.cancel()
    this.#task = task
    const settled = new Promise<boolean>((resolve) => (this.#settle = resolve))
    void this.restart()
    return settled
  }

  async restart(): Promise<void> {
    const task = this.#task
    if (!task) return
    const { title, lead, methods, address } = task
    this.#ports.render({ title, lead })
    const started = await task.start()
    if (task !== this.#task) return
    if (!started.ok) return this.#fail(problemMessage(started.problem))
    if (!started.value) return this.#end(true)

    const { factors, now } = this.#ports
    this.#challenge = new Challenge(
      {
        factors,
        now,
        render: (challenge) => this.#ports.render({ title, lead, challenge }),
        prove: (token) => this.#prove(task, token),
        over: (message) => this.#fail(message),
      },
      { ...started.value, expiresAt: now() + CHALLENGE_MS },
      { methods, ...(address === undefined ? {} : { address }) },
    )
    await this.#challenge.begin()
  }

  cancel(): void {
    this.#end(false)
  }

  tick(): void {
    this.#challenge?.tick()
  }

  async #prove(task: Task, token: string): Promise<Verdict> {
    const answer = await task.finish(token)
    if (!answer.ok) return verdictOn(answer.problem)
    if (task === this.#task) this.#end(true)
    return { outcome: 'accepted' }
  }

  #fail(message: Message): void {
    const { title, lead } = this.#task ?? {}
    this.#stop()
    if (title && lead) this.#ports.render({ title, lead, failed: message })
  }

  #end(isDone: boolean): void {
    this.#stop()
    if (!this.#task) return
    this.#task = undefined
    this.#ports.render(undefined)
    this.#settle(isDone)
  }

  #stop(): void {
    this.#challenge?.stop()
    this.#challenge = undefined
  }
}

const CAN_BE_REPEATED = new Set(['no_connection', 'upstream_unavailable', 'upstream_timeout'])

function verdictOn(problem: Problem): Verdict {
  const { code, reason } = problem
  if (code === 'challenge_failed' && reason === 'unfinished') {
    return { outcome: 'again', hasLeft: true }
  }
  const message =
    code === 'challenge_failed' ? say('error.challengeFailed') : problemMessage(problem)
  return { outcome: CAN_BE_REPEATED.has(code) ? 'later' : 'over', message }
}
