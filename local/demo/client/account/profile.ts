import type { AccountApi, Profile } from '../api/account-api.ts'
import { complaint, type Complaint } from '../complaint.ts'
import { say, type Message } from '../language/language.ts'
import { problemMessage } from '../language/problems.ts'
import type { Session } from '../session/session.ts'
import { Visit } from '../visit.ts'

export interface ProfileState {
  profile?: Profile
  isEditing: boolean
  busy?: 'load' | 'save'
  complaint?: Complaint
  notice?: Message
}

export interface ProfilePorts {
  session: Session
  api: AccountApi
  render(state: ProfileState): void
}

const LONGEST_NAME = 100

/** Who the person is, and what they want to be called. */
export class ProfilePanel {
  readonly #ports: ProfilePorts
  readonly #visit = new Visit()
  #state: ProfileState = { isEditing: false }

  constructor(ports: ProfilePorts) {
    this.#ports = ports
  }

  async load(): Promise<void> {
    if (this.#state.busy) return
    this.#show({ busy: 'load', isEditing: false })
    const { session, api } = this.#ports
    const isStillOn = this.#visit.begin()
    const answer = await session.call((bearer) => api.profile(bearer))
    if (!isStillOn()) return
    if (answer.ok) this.#show({ isEditing: false }, answer.value)
    else this.#show({ isEditing: false, complaint: complaint(problemMessage(answer.problem)) })
  }

  edit(): void {
    if (this.#state.profile && !this.#state.busy) this.#show({ isEditing: true })
  }

  cancel(): void {
    if (!this.#state.busy) this.#show({ isEditing: false })
  }

  async save(typed: string): Promise<void> {
    if (!this.#state.isEditing || this.#state.busy) return
    const name = typed.trim()
    if (name === '' || name.length > LONGEST_NAME) {
      const error = complaint(say('error.invalidName'), true)
      return this.#show({ isEditing: true, complaint: error })
    }
    this.#show({ isEditing: true, busy: 'save' })
    const { session, api } = this.#ports
    const isStillOn = this.#visit.begin()
    const answer = await session.call((bearer) => api.rename(bearer, name))
    if (!isStillOn()) return
    if (answer.ok) this.#show({ isEditing: false, notice: say('profile.saved') }, answer.value)
    else this.#show({ isEditing: true, complaint: complaint(problemMessage(answer.problem)) })
  }

  /** Nothing of one person may be there for the next. */
  forget(): void {
    this.#visit.end()
    this.#state = { isEditing: false }
    this.#ports.render(this.#state)
  }

  #show(change: Omit<ProfileState, 'profile'>, profile = this.#state.profile): void {
    this.#state = { ...change, ...(profile ? { profile } : {}) }
    this.#ports.render(this.#state)
  }
}
