import type { AccountApi } from '../api/account-api.ts'
import { complaint, type Complaint } from '../complaint.ts'
import { say } from '../language/language.ts'
import { problemMessage } from '../language/problems.ts'
import type { Session } from '../session/session.ts'
import { Visit } from '../visit.ts'
import type { StepUp } from './step-up.ts'

export interface DeletionState {
  isOpen: boolean
  isBusy: boolean
  complaint?: Complaint
}

export interface DeletionPorts {
  session: Session
  stepUp: StepUp
  api: AccountApi
  /** What has to be typed, in the language of the page. */
  word(): string
  render(state: DeletionState): void
}

/** Removing the account, which nobody does by accident. */
export class Deletion {
  readonly #ports: DeletionPorts
  readonly #visit = new Visit()
  #isBusy = false

  constructor(ports: DeletionPorts) {
    this.#ports = ports
  }

  open(): void {
    this.#ports.render({ isOpen: true, isBusy: false })
  }

  close(): void {
    if (!this.#isBusy) this.forget()
  }

  /** Nothing of one person may be there for the next. */
  forget(): void {
    this.#visit.end()
    this.#isBusy = false
    this.#ports.render({ isOpen: false, isBusy: false })
  }

  async confirm(typed: string): Promise<void> {
    if (this.#isBusy) return
    const word = this.#ports.word()
    if (typed.trim().toLocaleUpperCase() !== word) {
      const error = complaint(say('error.typeTheWord', { word }), true)
      return this.#ports.render({ isOpen: true, isBusy: false, complaint: error })
    }
    this.#isBusy = true
    this.#ports.render({ isOpen: true, isBusy: true })
    const { session, stepUp, api } = this.#ports
    const isStillOn = this.#visit.begin()
    const answer = await stepUp.call((bearer) => api.deleteAccount(bearer))
    if (!isStillOn()) return
    this.#isBusy = false
    if (answer.ok) return session.accountDeleted()
    const error = complaint(problemMessage(answer.problem))
    this.#ports.render({ isOpen: true, isBusy: false, complaint: error })
  }
}
