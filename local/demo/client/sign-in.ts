import type { Problem, SignInApi, Started, Tokens } from './api.ts'
import type { Channel, Checked, CodeChallenge, Failure } from './challenge.ts'
import { addressOf, readIdentifier } from './identifier.ts'
import * as messages from './messages.ts'

export type State = IdentifyState | CodeState | SignedInState

export interface IdentifyState {
  step: 'identify'
  /** What the person typed, kept so that they never have to type it twice. */
  typed: string
  isBusy: boolean
  error?: Complaint
  notice?: string
}

export interface CodeState {
  step: 'code'
  channel: Channel
  address: string
  expiresAt: number
  busy?: 'verify' | 'resend'
  error?: Complaint
  notice?: string
}

export interface SignedInState {
  step: 'signed-in'
  tokens: Tokens
}

export interface Complaint {
  text: string
  /** Whether what is in the field is wrong, rather than the world around it. */
  isAboutField: boolean
}

/** What belongs to one attempt and is never shown. */
interface Attempt extends Started {
  typed: string
  /** A code already accepted by Authsignal, kept so that a failed finish can be tried again. */
  proof?: string
}

export interface SignInPorts {
  api: SignInApi
  challenge: CodeChallenge
  now(): number
  render(state: State): void
}

/** The sign-in as a person goes through it. Knows no DOM: what to show leaves through `render`. */
export class SignIn {
  readonly #ports: SignInPorts
  #state: State = { step: 'identify', typed: '', isBusy: false }
  #attempt: Attempt | undefined

  constructor(ports: SignInPorts) {
    this.#ports = ports
  }

  get state(): State {
    return this.#state
  }

  async start(typed: string): Promise<void> {
    if (this.#state.step !== 'identify' || this.#state.isBusy) return
    const identifier = readIdentifier(typed)
    if (!identifier) return this.#refuse(typed, messages.INVALID_IDENTIFIER, true)

    this.#show({ step: 'identify', typed, isBusy: true })
    const answer = await this.#ports.api.startSignIn(identifier)
    if (!answer.ok) return this.#refuseStart(typed, answer.problem)

    const expiresAt = this.#deadline(answer.value.expiresIn)
    const channel: Channel = 'email' in identifier ? 'email' : 'sms'
    const sent = await this.#ports.challenge.sendCode(channel, answer.value.token)
    if (sent.outcome !== 'sent') return this.#refuse(typed, messages.failureMessage(sent))

    this.#attempt = { ...answer.value, typed }
    this.#show({ step: 'code', channel, address: addressOf(identifier), expiresAt })
  }

  async verify(typedCode: string): Promise<void> {
    const { code, attempt } = this.#idleCodeStep()
    if (!code || !attempt) return
    if (attempt.proof) return this.#finish(code, attempt, attempt.proof)
    if (!/^\d{6}$/.test(typedCode)) return this.#complain(messages.INCOMPLETE_CODE, true)

    this.#show({ ...quiet(code), busy: 'verify' })
    const checked = await this.#ports.challenge.checkCode(code.channel, typedCode)
    if (checked.outcome !== 'verified') return this.#refuseCode(checked)
    attempt.proof = checked.token
    return this.#finish(code, attempt, checked.token)
  }

  async resend(): Promise<void> {
    const { code, attempt } = this.#idleCodeStep()
    if (!code || !attempt) return
    delete attempt.proof
    await this.#sendAgain(code, attempt.token, messages.newCodeSent(code.address))
  }

  changeAddress(): void {
    const { code, attempt } = this.#idleCodeStep()
    if (!code || !attempt) return
    this.#leave({ step: 'identify', typed: attempt.typed, isBusy: false })
  }

  signOut(): void {
    if (this.#state.step !== 'signed-in') return
    this.#leave({ step: 'identify', typed: '', isBusy: false, notice: messages.SIGNED_OUT })
  }

  /** Called every second. A call under way is left alone: its own answer will say what happened. */
  tick(): void {
    const { code } = this.#idleCodeStep()
    if (code && this.#ports.now() >= code.expiresAt) this.#startOver(messages.SESSION_EXPIRED)
  }

  async #finish(code: CodeState, attempt: Attempt, proof: string): Promise<void> {
    this.#show({ ...quiet(code), busy: 'verify' })
    const { session } = attempt
    const answer = await this.#ports.api.finishSignIn({ session, token: proof })
    if (answer.ok) return this.#leave({ step: 'signed-in', tokens: answer.value })
    await this.#refuseProof(code, attempt, answer.problem)
  }

  async #refuseProof(code: CodeState, attempt: Attempt, problem: Problem): Promise<void> {
    if (problem.code === 'challenge_failed' && problem.retry) {
      const { typed, expiresIn } = attempt
      this.#attempt = { ...problem.retry, typed, expiresIn }
      const renewed = { ...code, expiresAt: this.#deadline(expiresIn) }
      const notice = messages.newCodeNeeded(code.address)
      return this.#sendAgain(renewed, problem.retry.token, notice)
    }
    const text = messages.problemMessage(problem)
    if (ENDS_THE_ATTEMPT.has(problem.code)) this.#startOver(text)
    else this.#complain(text)
  }

  async #sendAgain(code: CodeState, token: string, notice: string): Promise<void> {
    this.#show({ ...quiet(code), busy: 'resend' })
    const sent = await this.#ports.challenge.sendCode(code.channel, token)
    if (sent.outcome === 'sent') this.#show({ ...quiet(code), notice })
    else this.#refuseCode(sent)
  }

  #refuseCode(refused: Exclude<Checked, { outcome: 'verified' }> | Failure): void {
    if (refused.outcome === 'wrong_code') this.#complain(messages.WRONG_CODE, true)
    else if (refused.outcome === 'too_many_attempts') {
      this.#startOver(messages.TOO_MANY_WRONG_CODES)
    } else if (refused.outcome === 'expired') this.#startOver(messages.SESSION_EXPIRED)
    else this.#complain(messages.failureMessage(refused))
  }

  #refuseStart(typed: string, problem: Problem): void {
    const isAboutField = problem.code === 'invalid_request'
    this.#refuse(typed, messages.problemMessage(problem), isAboutField)
  }

  #refuse(typed: string, text: string, isAboutField = false): void {
    this.#leave({ step: 'identify', typed, isBusy: false, error: { text, isAboutField } })
  }

  #startOver(text: string): void {
    this.#refuse(this.#attempt?.typed ?? '', text)
  }

  #complain(text: string, isAboutField = false): void {
    if (this.#state.step !== 'code') return
    this.#show({ ...quiet(this.#state), error: { text, isAboutField } })
  }

  #idleCodeStep(): { code?: CodeState; attempt?: Attempt | undefined } {
    if (this.#state.step !== 'code' || this.#state.busy) return {}
    return { code: this.#state, attempt: this.#attempt }
  }

  #deadline(expiresIn: number): number {
    return this.#ports.now() + expiresIn * 1000
  }

  /** Out of the attempt, for better or worse: nothing of it may be used again. */
  #leave(state: IdentifyState | SignedInState): void {
    this.#attempt = undefined
    this.#ports.challenge.forget()
    this.#show(state)
  }

  #show(state: State): void {
    this.#state = state
    this.#ports.render(state)
  }
}

const ENDS_THE_ATTEMPT = new Set(['challenge_failed', 'session_expired', 'sign_in_blocked'])

function quiet({ step, channel, address, expiresAt }: CodeState): CodeState {
  return { step, channel, address, expiresAt }
}
