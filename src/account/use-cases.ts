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
  const request = () => forOneRequest(services)
  return {
    getMe: async (accessToken) => profileOf((await callerOf(request(), accessToken)).account),
    updateMe: (...given) => updateProfile(request(), ...given),
    deleteMe: (accessToken) => deleteAccount(request(), accessToken),
    listAuthenticators: (accessToken) => listAuthenticators(request(), accessToken),
    startEnrolment: (...given) => startEnrolment(request(), ...given),
    finishEnrolment: (...given) => finishEnrolment(request(), ...given),
    removeAuthenticator: (...given) => removeAuthenticator(request(), ...given),
    startStepUp: (...given) => startStepUp(request(), ...given),
    finishStepUp: (...given) => finishStepUp(request(), ...given),
  }
}

/** All that a request asks of both upstreams ends by the same deadline, also where it asks in a loop. */
function forOneRequest(services: AccountServices): AccountDeps {
  const signal = AbortSignal.timeout(services.settings.upstreamTimeoutMs)
  return { ...services, signal, authsignal: endingWith(signal, services.authsignal) }
}
