import type { Test } from 'tap'
import { startLocalAuthsignal, type LocalAuthsignal } from '../../local/index.ts'
import { authsignalUser, type AuthsignalUser } from '../support/authsignal-user.ts'
import type { CreateEvent, VerifyEvent } from '../../src/triggers/events.ts'
import { triggerSettings, type TriggerSettings } from '../../src/triggers/settings.ts'

export const sub = '34c84488-e0e1-70ae-d2ee-991ad1a898c8'
export const email = 'ada@example.com'

/** The triggers' own code against a strict Authsignal over a real socket. */
export async function tenant(
  t: Test,
  env: Record<string, string> = {},
): Promise<{ authsignal: LocalAuthsignal; settings: TriggerSettings; user: AuthsignalUser }> {
  const secret = 'tenant-secret'
  const authsignal = await startLocalAuthsignal({ secret, tenantId: 'tenant' })
  t.teardown(() => authsignal.close())
  const settings = triggerSettings({
    AUTHSIGNAL_SECRET: secret,
    AUTHSIGNAL_URL: authsignal.apiUrl,
    ...env,
  })
  return { authsignal, settings, user: authsignalUser(authsignal) }
}

const envelope = {
  version: '1',
  region: 'eu-west-1',
  userPoolId: 'eu-west-1_Pool',
  userName: sub,
  callerContext: { awsSdkVersion: 'x', clientId: 'client' },
}

export function createEvent(request: Partial<CreateEvent['request']> = {}): CreateEvent {
  return {
    ...envelope,
    triggerSource: 'CreateAuthChallenge_Authentication',
    request: {
      userAttributes: { sub, email, email_verified: 'true' },
      challengeName: 'CUSTOM_CHALLENGE',
      session: [],
      ...request,
    },
    response: {
      publicChallengeParameters: null,
      privateChallengeParameters: null,
      challengeMetadata: null,
    },
  }
}

export function verifyEvent(request: Partial<VerifyEvent['request']>): VerifyEvent {
  return {
    ...envelope,
    triggerSource: 'VerifyAuthChallengeResponse_Authentication',
    request: {
      userAttributes: { sub, email, email_verified: 'true' },
      challengeAnswer: '',
      privateChallengeParameters: {},
      ...request,
    },
    response: { answerCorrect: null },
  }
}
