import type { AccountApi, Authenticator, NewAddress } from '../api/account-api.ts'
import type { AddressMethod, Enrolments } from '../authsignal/enrolments.ts'
import type { DeviceMethod } from '../authsignal/factors.ts'
import type { Checked, Confirmed, DeviceFailure } from '../authsignal/outcomes.ts'
import { complaint, type Complaint } from '../complaint.ts'
import { say, type Message } from '../language/language.ts'
import { failureMessage, problemMessage } from '../language/problems.ts'
import { addressOf, readIdentifier } from '../sign-in/identifier.ts'
import { Visit } from '../visit.ts'
import type { StepUp } from './step-up.ts'

export type EnrolmentKind = AddressMethod | DeviceMethod | 'app'

export interface EnrolmentState {
  step: 'closed' | 'choose' | 'address' | 'code' | 'app' | 'device'
  kind?: EnrolmentKind
  address?: string
  appKey?: { uri: string; secret: string }
  busy?: 'prepare' | 'prove' | 'device' | 'save'
  complaint?: Complaint
}

export interface EnrolmentPorts {
  stepUp: StepUp
  api: AccountApi
  enrolments: Enrolments
  render(state: EnrolmentState): void
  added: (authenticator: Authenticator) => Promise<void>
}

/** Adding a way to sign in, from the choice of one to the proof that it works. */
export class Enrolment {
  readonly #ports: EnrolmentPorts
  #state: EnrolmentState = { step: 'closed' }
  #token = ''
  /** Kept so that a failed delivery does not ask for a second code. */
  #proof: string | undefined
  readonly #visit = new Visit()

  constructor(ports: EnrolmentPorts) {
    this.#ports = ports
  }

  get state(): EnrolmentState {
    return this.#state
  }

  open(): void {
    if (this.#state.step !== 'closed') return
    this.#show({ step: 'choose' })
  }

  async choose(kind: EnrolmentKind): Promise<void> {
    if (this.#state.busy) return
    this.#proof = undefined
    if (kind === 'app') return this.#prepareApp()
    if (kind === 'email' || kind === 'sms') return this.#show({ step: 'address', kind })
    await this.#create(kind)
  }

  async sendCode(typed: string): Promise<void> {
    const { step, kind, busy } = this.#state
    if (step !== 'address' || (kind !== 'email' && kind !== 'sms') || busy) return
    const identifier = readIdentifier(typed)
    const wanted = kind === 'email' ? 'email' : 'phoneNumber'
    if (!identifier || !(wanted in identifier)) return this.#refuseAddress(kind)

    const address = addressOf(identifier)
    this.#show({ step, kind, address, busy: 'prepare' })
    const isStillOn = this.#visit.begin()
    if (!(await this.#fetchToken(identifier))) return
    const sent = await this.#ports.enrolments.sendCode(kind, this.#token, address)
    if (!isStillOn()) return
    if (sent.outcome !== 'begun') return this.#complain(failureMessage(sent))
    this.#show({ step: 'code', kind, address })
  }

  async verify(typed: string): Promise<void> {
    const { step, kind, busy } = this.#state
    if ((step !== 'code' && step !== 'app') || busy) return
    if (kind !== 'email' && kind !== 'sms' && kind !== 'app') return
    if (this.#proof) return this.#save(this.#proof)
    if (!/^\d{6}$/.test(typed)) return this.#complain(say('error.incompleteCode'), true)
    this.#change({ busy: 'prove' })
    const isStillOn = this.#visit.begin()
    const checked = await this.#ports.enrolments.checkCode(kind, this.#token, typed)
    if (isStillOn()) await this.#take(checked)
  }

  /** Once more, after the device has said no. */
  async createAgain(): Promise<void> {
    const { step, kind, busy } = this.#state
    if (step !== 'device' || busy || (kind !== 'passkey' && kind !== 'key')) return
    if (this.#proof) return this.#save(this.#proof)
    await this.#create(kind)
  }

  back(): void {
    const { busy } = this.#state
    if (busy === 'save' || busy === 'prove') return
    this.#visit.end()
    this.#show({ step: 'choose' })
  }

  close(): void {
    if (this.#state.busy !== 'save') this.forget()
  }

  /** Nothing of one person may be there for the next. */
  forget(): void {
    this.#visit.end()
    this.#token = ''
    this.#proof = undefined
    this.#show({ step: 'closed' })
  }

  async #prepareApp(): Promise<void> {
    this.#show({ step: 'app', kind: 'app', busy: 'prepare' })
    const isStillOn = this.#visit.begin()
    if (!(await this.#fetchToken({}))) return
    const appKey = await this.#ports.enrolments.newAppKey(this.#token)
    if (!isStillOn()) return
    if (appKey.outcome !== 'begun') return this.#complain(failureMessage(appKey))
    const { uri, secret } = appKey
    this.#show({ step: 'app', kind: 'app', appKey: { uri, secret } })
  }

  async #create(kind: DeviceMethod): Promise<void> {
    this.#show({ step: 'device', kind, busy: 'device' })
    const isStillOn = this.#visit.begin()
    if (!(await this.#fetchToken({}))) return
    const created = await this.#ports.enrolments.create(kind, this.#token)
    if (isStillOn()) await this.#take(created)
  }

  async #fetchToken(address: NewAddress): Promise<boolean> {
    const isStillOn = this.#visit.begin()
    const { stepUp, api } = this.#ports
    const answer = await stepUp.call((bearer) => api.startEnrolment(bearer, address))
    if (!isStillOn()) return false
    if (answer.ok) {
      this.#token = answer.value
      return true
    }
    const isAboutField = answer.problem.code === 'invalid_request'
    this.#complain(problemMessage(answer.problem), isAboutField)
    return false
  }

  async #take(outcome: Checked | Confirmed): Promise<void> {
    switch (outcome.outcome) {
      case 'verified':
        return this.#save(outcome.token)
      case 'wrong_code':
        return this.#complain(say('error.wrongCode'), true)
      case 'too_many_attempts':
        return this.#startOver(say('error.tooManyWrongCodes'))
      default:
        return this.#fail(outcome)
    }
  }

  #fail(failure: DeviceFailure): void {
    if (failure.outcome === 'expired') this.#startOver(failureMessage(failure))
    else this.#complain(failureMessage(failure))
  }

  /** The SDK has done its part; the service checks it and brings Cognito in step. */
  async #save(proof: string): Promise<void> {
    this.#proof = proof
    this.#change({ busy: 'save' })
    const { stepUp, api, added } = this.#ports
    const isStillOn = this.#visit.begin()
    const answer = await stepUp.call((bearer) => api.finishEnrolment(bearer, proof))
    if (!isStillOn()) return
    if (answer.ok) {
      this.forget()
      return added(answer.value)
    }
    const message = problemMessage(answer.problem)
    if (CAN_BE_REPEATED.has(answer.problem.code)) return this.#complain(message)
    this.#proof = undefined
    this.#startOver(message)
  }

  #refuseAddress(kind: AddressMethod): void {
    const key = kind === 'email' ? 'error.invalidEmail' : 'error.invalidPhone'
    this.#complain(say(key), true)
  }

  #startOver(message: Message): void {
    this.#show({ step: 'choose', complaint: complaint(message) })
  }

  #complain(message: Message, isAboutField = false): void {
    this.#change({ complaint: complaint(message, isAboutField) })
  }

  #change(change: Pick<EnrolmentState, 'busy' | 'complaint'>): void {
    const { busy: _busy, complaint: _complaint, ...rest } = this.#state
    this.#show({ ...rest, ...change })
  }

  #show(state: EnrolmentState): void {
    this.#state = state
    this.#ports.render(state)
  }
}

const CAN_BE_REPEATED = new Set(['no_connection', 'upstream_unavailable', 'upstream_timeout'])
