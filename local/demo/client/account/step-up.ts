import type { Answer } from '../api/call.ts'
import type { StepUpApi } from '../api/step-up-api.ts'
import type { Confirmations } from '../challenge/confirmations.ts'
import { say } from '../language/language.ts'
import type { Session } from '../session/session.ts'
import type { OwnMethods } from './own-methods.ts'

/** What the service wants confirmed before it touches how somebody signs in. */
const ACTION = 'manageAuthenticators'

export interface StepUpPorts {
  session: Session
  api: StepUpApi
  confirmations: Confirmations
  ownMethods: OwnMethods
}

/** Calls that the service may want a fresh proof for. */
export class StepUp {
  readonly #ports: StepUpPorts

  constructor(ports: StepUpPorts) {
    this.#ports = ports
  }

  /** Has the person confirm where the service asks for it, and then repeats the call. */
  async call<T>(make: (accessToken: string) => Promise<Answer<T>>): Promise<Answer<T>> {
    const { session } = this.#ports
    const answer = await session.call(make)
    if (answer.ok || answer.problem.code !== 'step_up_required') return answer
    const isConfirmed = await this.#confirm()
    return isConfirmed ? session.call(make) : { ok: false, problem: { code: 'cancelled' } }
  }

  async #confirm(): Promise<boolean> {
    const { session, api, confirmations, ownMethods } = this.#ports
    return confirmations.take({
      title: say('stepUp.title'),
      lead: say('stepUp.lead'),
      ...(await ownMethods()),
      start: async () => {
        const started = await session.call((bearer) => api.startStepUp(bearer, ACTION))
        if (!started.ok) return started
        const { token, url } = started.value
        return { ok: true, value: token ? { token, ...(url ? { url } : {}) } : undefined }
      },
      finish: (token) =>
        session.call((bearer) => api.finishStepUp(bearer, { action: ACTION, token })),
    })
  }
}
