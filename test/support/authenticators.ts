import type { Test } from 'tap'
import { EMAIL, startAccountStack, type AccountStack, type SignedIn } from './account.ts'
import type { Answer, StackOptions } from './stack.ts'

export const NEW = 'ada.new@example.org'
export const VERIFIED = { email: EMAIL, email_verified: 'true' }

/** Begins an enrolment and answers the token. */
export async function begin(who: SignedIn, body: object = {}): Promise<string> {
  const answer = await who.call('POST', '/authenticators', body)
  if (answer.status !== 200) throw new Error(`start answered ${answer.body.code}`)
  return answer.body.token
}

export function verify(who: SignedIn, token: string | undefined): Promise<Answer> {
  return who.call('POST', '/authenticators/verify', { token })
}

/** Takes the challenge of a step-up by mail. */
export async function stepUpProof(
  stack: AccountStack,
  who: SignedIn,
  action = 'manageAuthenticators',
): Promise<string> {
  const { body } = await who.call('POST', '/start-step-up', { action })
  return stack.user.pass(body.token, EMAIL)
}

/** A stack in which somebody has signed in. */
export interface Here extends AccountStack {
  ada: SignedIn
  /** Enrols and proves an address, and finishes. */
  add(who: SignedIn, address: string): Promise<Answer>
  list(who: SignedIn): Promise<Record<string, string>[]>
  attributes(who: SignedIn): Record<string, string>
}

export async function here(
  t: Test,
  options: StackOptions = {},
  signIn: { minutesAgo?: number } = {},
): Promise<Here> {
  const stack = await startAccountStack(t, options)
  const ada = await stack.signInAs(EMAIL, signIn)
  stack.cognitoCalls()
  stack.authsignalCalls()
  return {
    ...stack,
    ada,
    add: async (who, address) =>
      verify(who, await stack.user.enrolAndPass(await begin(who), address)),
    list: async (who) => (await who.call('GET', '/authenticators')).body.authenticators,
    attributes: ({ sub }) => stack.cognito.users.find(sub)!.attributes,
  }
}

export function expectRefused(
  t: Test,
  { status, body, headers }: Answer,
  name: string,
  reason = 'refused',
): void {
  t.match({ status, body }, { status: 401, body: { code: 'challenge_failed', reason } }, name)
  t.equal(headers.get('www-authenticate'), null, name)
}

export function expectStepUpRequired(
  t: Test,
  { status, body, headers }: Answer,
  name: string,
): void {
  t.match({ status, body }, { status: 401, body: { code: 'step_up_required' } }, name)
  t.equal(
    headers.get('www-authenticate'),
    'Bearer error="insufficient_user_authentication", max_age="600"',
    name,
  )
}
