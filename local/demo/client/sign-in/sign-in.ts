import type { Problem, Started } from '../api/problem.ts'
import type { ClientContext, SignInApi, Tokens } from '../api/sign-in-api.ts'
import type { Answer } from '../api/call.ts'
import type { Factors } from '../authsignal/factors.ts'
import type { PasskeyFirst } from '../authsignal/passkey-first.ts'
import {
  Challenge,
  type Attempt,
  type ChallengeState,
  type Verdict,
} from '../challenge/challenge.ts'
import { methodsForSignIn } from '../challenge/methods.ts'
import { complaint, type Complaint } from '../complaint.ts'
import { say, type Message } from '../language/language.ts'
import { failureMessage, problemMessage } from '../language/problems.ts'
import type { IdTokens, Provider } from './id-tokens.ts'
import { addressOf, readIdentifier, type Identifier } from './identifier.ts'
import type { PendingStore } from './pending.ts'

export type SignInState =
  | IdentifyState
  | { step: 'challenge'; challenge: ChallengeState }
  /** Back from Authsignal's page; the complaint says why it could not be finished yet. */
  | { step: 'finishing'; complaint?: Complaint }
  | { step: 'done' }

export interface IdentifyState {
  step: 'identify'
  /** What the person typed, kept so that they never have to type it twice. */
  typed: string
  busy?: 'start' | 'passkey' | Provider
  complaint?: Complaint
  notice?: Message
}

export interface SignInPorts {
  api: SignInApi
  factors: Factors
  passkeys: PasskeyFirst
  idTokens: IdTokens
  pending: PendingStore
  context: () => ClientContext
  now: () => number
  render(state: SignInState): void
  signedIn(tokens: Tokens): void
}

/** The sign-in as a person goes through it. Knows no DOM: what to show leaves through `render`. */
export class SignIn {
  readonly #ports: SignInPorts
  #state: SignInState = { step: 'identify', typed: '' }
  #challenge: Challenge | undefined
  /** Of the attempt under way; a refused proof brings another one. */
  #session = ''
  #typed = ''
  #isOffering = false
  #finishReturned: (() => Promise<void>) | undefined

  constructor(ports: SignInPorts) {
    this.#ports = ports
  }

  get state(): SignInState {
    return this.#state
  }

  /** Undefined unless a challenge is being taken. */
  get challenge(): Challenge | undefined {
    return this.#challenge
  }

  async start(typed: string): Promise<void> {
    if (!this.#isIdle()) return
    const identifier = readIdentifier(typed)
    if (!identifier) return this.#refuse(typed, say('identify.invalid'), true)

    this.#show({ step: 'identify', typed, busy: 'start' })
    const { api, context } = this.#ports
    const key = crypto.randomUUID()
    const answer = await api.startSignIn({ ...identifier, ...context() }, key)
    if (!answer.ok) {
      const isAboutField = answer.problem.code === 'invalid_request'
      const message = isAboutField ? say('identify.invalid') : problemMessage(answer.problem)
      return this.#refuse(typed, message, isAboutField)
    }
    this.#typed = typed
    await this.#challengeWith(answer.value, identifier).begin()
  }

  /** Without a word about who it is: the passkey knows. */
  async withPasskey(): Promise<void> {
    if (this.#state.step !== 'identify' || this.#state.busy) return
    const { typed } = this.#state
    this.#show({ step: 'identify', typed, busy: 'passkey' })
    const confirmed = await this.#ports.passkeys.ask()
    if (confirmed.outcome !== 'verified') return this.#refuse(typed, failureMessage(confirmed))
    await this.#trade(typed, this.#ports.api.passkeySignIn(confirmed.token))
  }

  async withProvider(provider: Provider, typed: string): Promise<void> {
    if (!this.#isIdle()) return
    const identifier = readIdentifier(typed)
    if (!identifier || !('email' in identifier)) {
      return this.#refuse(typed, say('identify.socialNeedsEmail'), true)
    }
    this.#show({ step: 'identify', typed, busy: provider })
    const proof = await this.#ports.idTokens(provider, identifier.email)
    if (!proof.ok) return this.#refuse(typed, problemMessage(proof.problem))
    await this.#trade(typed, this.#ports.api.idTokenSignIn(proof.value), 'error.socialRefused')
  }

  /** @param token what Authsignal's page added to the URL; it may be that of a challenge left half-way */
  async resume(token: string | undefined): Promise<void> {
    const pending = this.#ports.pending.take()
    const identifier = pending && readIdentifier(pending.typed)
    if (!pending || !identifier) return this.#refuse('', say('error.lostAttempt'))
    if (!token) return this.#refuse(pending.typed, say('error.noToken'))

    this.#typed = pending.typed
    this.#session = pending.session
    this.#finishReturned = () => this.#finishWith(token, identifier)
    await this.#finishReturned()
  }

  /** Once more, after what was brought back could not be delivered. */
  async finishAgain(): Promise<void> {
    if (this.#state.step === 'finishing' && this.#state.complaint) await this.#finishReturned?.()
  }

  /** The page was opened without coming from Authsignal's: an attempt left there is over. */
  open(): void {
    const pending = this.#ports.pending.take()
    if (pending) this.#refuse(pending.typed, say('error.noToken'))
    else this.#leave(this.#state)
  }

  /** The browser's back button has brought the page back from Authsignal's as it was left. */
  cameBack(): void {
    if (this.#ports.pending.take()) this.#challenge?.showChoice(say('notice.unfinished'))
  }

  changeAddress(): void {
    if (this.#state.step !== 'challenge' || isCalling(this.#state.challenge)) return
    this.#leave({ step: 'identify', typed: this.#typed })
  }

  /** Somebody is signed in by another way, in another tab. */
  close(): void {
    if (this.#state.step !== 'done') this.#leave({ step: 'done' })
  }

  /** Ready for the next sign-in. */
  reset(notice?: Message): void {
    this.#leave({ step: 'identify', typed: '', ...(notice ? { notice } : {}) })
  }

  tick(): void {
    this.#challenge?.tick()
  }

  async #finishWith(token: string, identifier: Identifier): Promise<void> {
    this.#show({ step: 'finishing' })
    const answer = await this.#ports.api.finishSignIn({ session: this.#session, token })
    if (answer.ok) return this.#finish(answer.value)
    const { problem } = answer
    const message = problemMessage(problem)
    if (problem.code === 'challenge_failed' && problem.retry) {
      const notice = isUnfinished(problem) ? 'notice.unfinished' : 'notice.tryOnceMore'
      return this.#challengeWith(problem.retry, identifier).begin(say(notice))
    }
    if (ENDS_THE_ATTEMPT.has(problem.code)) return this.#refuse(this.#typed, message)
    this.#show({ step: 'finishing', complaint: complaint(message) })
  }

  /** Waits for a passkey that is picked from the field's suggestions, as long as there is a field. */
  async #offerPasskeys(): Promise<void> {
    if (this.#isOffering) return
    this.#isOffering = true
    const picked = await this.#ports.passkeys.offerInField()
    // One that is of no use would be offered again: from then on, only at the person's wish.
    this.#isOffering = picked?.outcome === 'refused'
    if (!picked || this.#state.step !== 'identify' || this.#state.busy) return
    const { typed } = this.#state
    if (picked.outcome === 'refused') return this.#refuse(typed, failureMessage(picked))
    this.#show({ step: 'identify', typed, busy: 'passkey' })
    await this.#trade(typed, this.#ports.api.passkeySignIn(picked.token))
  }

  #challengeWith(started: Started, identifier: Identifier): Challenge {
    const { factors, now } = this.#ports
    this.#challenge = new Challenge(
      {
        factors,
        now,
        render: (challenge) => this.#showChallenge(challenge),
        prove: (token) => this.#prove(token),
        over: (message) => this.#refuse(this.#typed, message),
        leaveFor: (url) => this.#leaveFor(url),
      },
      this.#attemptOf(started),
      { methods: methodsForSignIn(identifier), address: addressOf(identifier) },
    )
    return this.#challenge
  }

  #attemptOf({ session, token, url, expiresIn }: Started): Attempt {
    this.#session = session
    const expiresAt = this.#ports.now() + expiresIn * 1000
    return { token, expiresAt, ...(url ? { url } : {}) }
  }

  async #prove(token: string): Promise<Verdict> {
    const answer = await this.#ports.api.finishSignIn({ session: this.#session, token })
    if (answer.ok) {
      this.#finish(answer.value)
      return { outcome: 'accepted' }
    }
    const { problem } = answer
    if (problem.code === 'challenge_failed' && problem.retry) {
      const attempt = this.#attemptOf(problem.retry)
      return { outcome: 'again', attempt, hasLeft: isUnfinished(problem) }
    }
    const message = problemMessage(problem)
    return ENDS_THE_ATTEMPT.has(problem.code)
      ? { outcome: 'over', message }
      : { outcome: 'later', message }
  }

  #leaveFor(url: string): void {
    this.#ports.pending.put({ session: this.#session, typed: this.#typed })
    this.#ports.factors.page.goTo(url)
  }

  /** A proof that came before any session. */
  async #trade(
    typed: string,
    call: Promise<Answer<Tokens>>,
    whenRefused: 'error.credentialRefused' | 'error.socialRefused' = 'error.credentialRefused',
  ): Promise<void> {
    const answer = await call
    if (answer.ok) return this.#finish(answer.value)
    const isRefused = answer.problem.code === 'challenge_failed'
    this.#refuse(typed, isRefused ? say(whenRefused) : problemMessage(answer.problem))
  }

  #finish(tokens: Tokens): void {
    this.#leave({ step: 'done' })
    this.#ports.signedIn(tokens)
  }

  #refuse(typed: string, message: Message, isAboutField = false): void {
    this.#leave({ step: 'identify', typed, complaint: complaint(message, isAboutField) })
  }

  #isIdle(): boolean {
    return this.#state.step === 'identify' && this.#state.busy === undefined
  }

  /** Out of the attempt, for better or worse: nothing of it may be used again. */
  #leave(state: SignInState): void {
    this.#challenge?.stop()
    this.#challenge = undefined
    this.#session = ''
    this.#finishReturned = undefined
    this.#ports.factors.forget()
    this.#show(state)
    if (state.step === 'identify') void this.#offerPasskeys()
  }

  /** The first page stays until the code is on its way: the second would say that it is. */
  #showChallenge(challenge: ChallengeState): void {
    if (this.#state.step === 'identify' && challenge.busy === 'send') return
    this.#show({ step: 'challenge', challenge })
  }

  #show(state: SignInState): void {
    this.#state = state
    this.#ports.render(state)
  }
}

const ENDS_THE_ATTEMPT = new Set(['challenge_failed', 'session_expired', 'sign_in_blocked'])

function isUnfinished({ reason }: Problem): boolean {
  return reason === 'unfinished'
}

function isCalling({ busy }: ChallengeState): boolean {
  return busy === 'send' || busy === 'prove'
}
