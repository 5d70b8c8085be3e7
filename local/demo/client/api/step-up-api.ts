import { stringIn } from '../json.ts'
import { nothing, type Answer, type Call } from './call.ts'

/** No token when no challenge is asked for. */
export interface StartedStepUp {
  token?: string
  url?: string
}

/** A fresh proof by somebody who is signed in. */
export interface StepUpApi {
  startStepUp(bearer: string, action: string): Promise<Answer<StartedStepUp>>
  finishStepUp(bearer: string, proof: { action: string; token: string }): Promise<Answer<true>>
}

export function stepUpApi(call: Call): StepUpApi {
  const method = 'POST'
  return {
    startStepUp: (bearer, action) =>
      call({ method, path: '/start-step-up', bearer, body: { action }, read: readStartedStepUp }),
    finishStepUp: (bearer, body) =>
      call({ method, path: '/finish-step-up', bearer, body, read: nothing }),
  }
}

export function readStartedStepUp(body: unknown): StartedStepUp | undefined {
  if (!stringIn(body, 'state')) return undefined
  const token = stringIn(body, 'token')
  const url = stringIn(body, 'url')
  return { ...(token ? { token } : {}), ...(url ? { url } : {}) }
}
