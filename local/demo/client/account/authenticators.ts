import type { AccountApi, Authenticator } from '../api/account-api.ts'
import { complaint, type Complaint } from '../complaint.ts'
import { say, type Message } from '../language/language.ts'
import { problemMessage } from '../language/problems.ts'
import type { Session } from '../session/session.ts'
import { Visit } from '../visit.ts'
import { nameOf } from './authenticator-name.ts'
import type { StepUp } from './step-up.ts'

export interface AuthenticatorsState {
  list?: readonly Authenticator[]
  isLoading: boolean
  /** The one that is to go, if the person says yes. */
  removing?: { authenticator: Authenticator; isBusy: boolean; complaint?: Complaint }
  complaint?: Complaint
  notice?: Message
  /** There is no passkey yet and the browser can have one. */
  offersPasskey: boolean
}

export interface AuthenticatorsPorts {
  session: Session
  stepUp: StepUp
  api: AccountApi
  supportsPasskeys: boolean
  render(state: AuthenticatorsState): void
  /** What the profile says of addresses may no longer be so. */
  changed(): void
}

/** The ways to sign in that the person has. */
export class AuthenticatorsPanel {
  readonly #ports: AuthenticatorsPorts
  #state: AuthenticatorsState = { isLoading: false, offersPasskey: false }
  #wantsNoPasskey = false
  readonly #visit = new Visit()

  constructor(ports: AuthenticatorsPorts) {
    this.#ports = ports
  }

  get state(): AuthenticatorsState {
    return this.#state
  }

  async load(notice?: Message): Promise<void> {
    if (this.#state.isLoading) return
    this.#show({ isLoading: true, ...(notice ? { notice } : {}) })
    const { session, api } = this.#ports
    const isStillOn = this.#visit.begin()
    const answer = await session.call((bearer) => api.authenticators(bearer))
    if (!isStillOn()) return
    if (answer.ok) this.#show({ isLoading: false, ...(notice ? { notice } : {}) }, answer.value)
    else this.#show({ isLoading: false, complaint: complaint(problemMessage(answer.problem)) })
  }

  /** Asks first. */
  remove(authenticatorId: string): void {
    const authenticator = this.#state.list?.find((one) => one.authenticatorId === authenticatorId)
    if (!authenticator || this.#state.removing?.isBusy) return
    this.#show({ isLoading: false, removing: { authenticator, isBusy: false } })
  }

  keep(): void {
    if (!this.#state.removing?.isBusy) this.#show({ isLoading: false })
  }

  async confirmRemoval(): Promise<void> {
    const { authenticator, isBusy } = this.#state.removing ?? {}
    if (!authenticator || isBusy) return
    this.#show({ isLoading: false, removing: { authenticator, isBusy: true } })
    const { stepUp, api } = this.#ports
    const isStillOn = this.#visit.begin()
    const answer = await stepUp.call((bearer) =>
      api.removeAuthenticator(bearer, authenticator.authenticatorId),
    )
    if (!isStillOn()) return
    if (!answer.ok && answer.problem.code !== 'not_found') {
      const error = complaint(problemMessage(answer.problem))
      const removing = { authenticator, isBusy: false, complaint: error }
      return this.#show({ isLoading: false, removing })
    }
    this.#show({ isLoading: false })
    this.#ports.changed()
    await this.load(say('authenticators.removed', { name: nameOf(authenticator) }))
  }

  async added(authenticator: Authenticator): Promise<void> {
    this.#ports.changed()
    await this.load(say('authenticators.added', { name: nameOf(authenticator) }))
  }

  notNow(): void {
    this.#wantsNoPasskey = true
    this.#show(this.#state)
  }

  /** Nothing of one person may be there for the next. */
  forget(): void {
    this.#visit.end()
    this.#wantsNoPasskey = false
    this.#state = { isLoading: false, offersPasskey: false }
    this.#ports.render(this.#state)
  }

  #show(
    change: Omit<AuthenticatorsState, 'list' | 'offersPasskey'>,
    list = this.#state.list,
  ): void {
    const hasPasskey = list?.some(({ verificationMethod }) => verificationMethod === 'PASSKEY')
    const offersPasskey =
      hasPasskey === false && this.#ports.supportsPasskeys && !this.#wantsNoPasskey
    this.#state = { ...change, offersPasskey, ...(list ? { list } : {}) }
    this.#ports.render(this.#state)
  }
}
