import { Authsignal } from '@authsignal/node'
import type { LocalAuthsignal, TriggerEvent } from '../../local/index.ts'
import type { Triggers } from '../../local/cognito/triggers/trigger.ts'

/**
 * Triggers that behave as the vendor's published ones do (one round: the integration guide; two
 * rounds: its example Lambdas). The service must get on with them, and every attack in test/attacks
 * is first shown to work against them, so that failing against ours means something.
 */
interface Event extends TriggerEvent {
  request: {
    userAttributes: Record<string, string>
    session: { challengeName: string; challengeResult: boolean }[]
    challengeAnswer: string
    privateChallengeParameters: Record<string, string>
    clientMetadata?: Record<string, string>
  }
}

const ACTION = 'cognitoAuth'
const MARKER = 'PROVIDE_AUTH_PARAMETERS'

export function oneRoundTriggers(secret: string, answer: 'raw' | 'json' = 'raw') {
  return (authsignal: LocalAuthsignal): Triggers => {
    const sdk = new Authsignal({ apiSecretKey: secret, apiUrl: authsignal.apiUrl, retries: 0 })
    return {
      defineAuthChallenge: defineByLastAnswer,
      createAuthChallenge: async (event: Event) => {
        const { sub: userId, email } = event.request.userAttributes
        const { token } = await sdk.track({
          userId: userId!,
          action: ACTION,
          attributes: email ? { email } : {},
        })
        event.response = {
          publicChallengeParameters: { token },
          privateChallengeParameters: { unused: 'unused' },
        }
        return event
      },
      verifyAuthChallengeResponse: async (event: Event) => {
        const given = event.request.challengeAnswer
        const token: string = answer === 'json' ? JSON.parse(given).token : given
        const userId = event.request.userAttributes['sub']!
        const { isValid } = await sdk.validateChallenge({ token, userId, action: ACTION })
        event.response = { answerCorrect: isValid }
        return event
      },
    }
  }
}

/** Also the published mobile variant's habits: ALLOW passes, and neither user nor action is sent. */
export function carelessTriggers(secret: string) {
  return (authsignal: LocalAuthsignal): Triggers => {
    const sdk = new Authsignal({ apiSecretKey: secret, apiUrl: authsignal.apiUrl, retries: 0 })
    return {
      ...oneRoundTriggers(secret)(authsignal),
      verifyAuthChallengeResponse: async (event: Event) => {
        const { state = '' } = await sdk.validateChallenge({ token: event.request.challengeAnswer })
        event.response = { answerCorrect: /^(CHALLENGE_SUCCEEDED|ALLOW)$/.test(state) }
        return event
      },
    }
  }
}

/**
 * The adaptive MFA guide: password, then a challenge whose state is public and whose ALLOW passes.
 * Its define knows no other order; sign-ins without a password go on as in the first guide, as they
 * must where both kinds of client share a pool.
 */
export function adaptiveTriggers(secret: string) {
  return (authsignal: LocalAuthsignal): Triggers => {
    const sdk = new Authsignal({ apiSecretKey: secret, apiUrl: authsignal.apiUrl, retries: 0 })
    return {
      defineAuthChallenge: (event: Event) => {
        const { session } = event.request
        if (session[0]?.challengeName !== 'SRP_A') return defineByLastAnswer(event)
        const order = ['SRP_A', 'PASSWORD_VERIFIER', 'CUSTOM_CHALLENGE']
        const isRight = session.every(
          ({ challengeName, challengeResult }, index) =>
            challengeName === order[index] && challengeResult,
        )
        event.response = {
          challengeName: order[session.length] ?? null,
          issueTokens: isRight && session.length === order.length,
          failAuthentication: !isRight,
        }
        return event
      },
      createAuthChallenge: async (event: Event) => {
        const { sub: userId, email } = event.request.userAttributes
        const { state, token, url } = await sdk.track({
          userId: userId!,
          action: ACTION,
          attributes: email ? { email } : {},
        })
        event.response = {
          publicChallengeParameters: { state, token, url },
          privateChallengeParameters: { unused: 'unused' },
        }
        return event
      },
      verifyAuthChallengeResponse: async (event: Event) => {
        const token = event.request.challengeAnswer
        const userId = event.request.userAttributes['sub']!
        const { state = '' } = await sdk.validateChallenge({ token, userId, action: ACTION })
        event.response = { answerCorrect: /^(CHALLENGE_SUCCEEDED|ALLOW)$/.test(state) }
        return event
      },
    }
  }
}

export function twoRoundTriggers(secret: string) {
  return (authsignal: LocalAuthsignal): Triggers => {
    const sdk = new Authsignal({ apiSecretKey: secret, apiUrl: authsignal.apiUrl, retries: 0 })
    return {
      defineAuthChallenge: defineByLastAnswer,
      createAuthChallenge: async (event: Event) => {
        if (event.request.session.length === 0) {
          const challenge = { challenge: MARKER }
          event.response = {
            publicChallengeParameters: challenge,
            privateChallengeParameters: challenge,
            challengeMetadata: MARKER,
          }
          return event
        }
        const method = event.request.clientMetadata?.['signInMethod']
        // These bring their own token, so nothing is tracked.
        if (method === 'PASSKEY' || method === 'GOOGLE' || method === 'APPLE') {
          const marker = { signInMethod: method }
          event.response = { publicChallengeParameters: marker, privateChallengeParameters: marker }
          return event
        }
        if (method !== 'SMS' && method !== 'EMAIL') throw new Error('signInMethod is required')
        const { email, phone_number: phoneNumber } = event.request.userAttributes
        const { token } = await sdk.track({
          userId: event.userName,
          action: ACTION,
          attributes: method === 'EMAIL' ? { email: email! } : { phoneNumber: phoneNumber! },
        })
        event.response = {
          publicChallengeParameters: { token },
          privateChallengeParameters: { signInMethod: method },
          challengeMetadata: method,
        }
        return event
      },
      verifyAuthChallengeResponse: async (event: Event) => {
        const { privateChallengeParameters: params, challengeAnswer: token } = event.request
        if (params['challenge'] === MARKER) return event
        const userId = event.userName
        const { isValid } = await sdk.validateChallenge({ token, userId, action: ACTION })
        event.response = { answerCorrect: isValid }
        return event
      },
    }
  }
}

function defineByLastAnswer(event: Event): Event {
  const solved = event.request.session.at(-1)?.challengeResult === true
  event.response = solved
    ? { issueTokens: true, failAuthentication: false }
    : { challengeName: 'CUSTOM_CHALLENGE', issueTokens: false, failAuthentication: false }
  return event
}
