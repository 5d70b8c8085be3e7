import { endOfInterest } from '../request-context.ts'
import type { Authenticator } from './authenticator.ts'
import { callerOf } from './caller.ts'
import { deleteAccount } from './delete-account.ts'
import type { AccountDeps, AccountServices } from './deps.ts'
import { endingWith } from './ending-with.ts'
import { finishEnrolment } from './finish-enrolment.ts'
import { finishStepUp, type FinishedStepUp } from './finish-step-up.ts'
import { listAuthenticators } from './list-authenticators.ts'
import { profileOf, type Profile, type ProfileChanges } from './profile.ts'
import { removeAuthenticator } from './remove-authenticator.ts'
import {
  startEnrolment,
  type StartedEnrolment,
  type StartEnrolmentInput,
} from './start-enrolment.ts'
import { startStepUp, type StartedStepUp, type StartStepUpInput } from './start-step-up.ts'
import { updateProfile } from './update-profile.ts'

/** What signed-in users do with their account; the first argument is their access token. */
export interface AccountUseCases {
  getMe(accessToken: string): Promise<Profile>
  updateMe(accessToken: string, changes: ProfileChanges): Promise<Profile>
  deleteMe(accessToken: string): Promise<void>
  listAuthenticators(accessToken: string): Promise<{ authenticators: Authenticator[] }>
  startEnrolment(accessToken: string, input: StartEnrolmentInput): Promise<StartedEnrolment>
  finishEnrolment(accessToken: string, token: string): Promise<Authenticator>
  removeAuthenticator(accessToken: string, authenticatorId: string): Promise<void>
  startStepUp(accessToken: string, input: StartStepUpInput): Promise<StartedStepUp>
  finishStepUp(
    accessToken: string,
    input: { action: string; token: string },
  ): Promise<FinishedStepUp>
}

export function accountUseCases(services: AccountServices): AccountUseCases {
  const { upstreamTimeoutMs } = services.settings
  const read = () => forOneRequest(services, endOfInterest(upstreamTimeoutMs))
  // Goes on when the client has left: half a change is worse than one nobody heard of.
  const change = () => forOneRequest(services, AbortSignal.timeout(upstreamTimeoutMs))
  return {
    getMe: async (accessToken) => profileOf((await callerOf(read(), accessToken)).account),
    updateMe: (...given) => updateProfile(change(), ...given),
    deleteMe: (accessToken) => deleteAccount(change(), accessToken),
    listAuthenticators: (accessToken) => listAuthenticators(read(), accessToken),
    startEnrolment: (...given) => startEnrolment(change(), ...given),
    finishEnrolment: (...given) => finishEnrolment(change(), ...given),
    removeAuthenticator: (...given) => removeAuthenticator(change(), ...given),
    startStepUp: (...given) => startStepUp(read(), ...given),
    finishStepUp: (...given) => finishStepUp(change(), ...given),
  }
}

/** All that a request asks of both upstreams ends by the same deadline, also where it asks in a loop. */
function forOneRequest(services: AccountServices, signal: AbortSignal): AccountDeps {
  return { ...services, signal, authsignal: endingWith(signal, services.authsignal) }
}
