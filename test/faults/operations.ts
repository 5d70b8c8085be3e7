import {
  startAccountStack,
  type AccountStack,
  type Method,
  type SignedIn,
} from '../support/account.ts'
import { begin } from '../support/authenticators.ts'
import { passkeyUser, type PasskeyUser } from '../support/passkey-user.ts'
import type { Answer, StackOptions } from '../support/stack.ts'
import type { UpstreamName } from './faults.ts'
import type { SoftCredential } from '../local/authsignal/soft-authenticator.ts'
import type { Test } from 'tap'

/** Prepares whatever a request needs to succeed, and answers what sends it. */
export type Prepare = () => Promise<() => Promise<Answer>>

export interface Operation {
  method: Method
  /** As in the API description. */
  path: string
  /** Whom it asks; what is wrong with the others is nothing to it. */
  asks: readonly UpstreamName[]
  /** Its last word to Authsignal is a DELETE, whose status says all there is to say. */
  endsWithDelete?: true
  prepare: Prepare
}

/** A stack with somebody in it who has a passkey. */
export interface World {
  stack: AccountStack
  /** Signs somebody new in, who is then nobody's namesake. */
  newcomer(): Promise<SignedIn>
  operations: Operation[]
}

export async function startWorld(t: Test, options: StackOptions): Promise<World> {
  const stack = await startAccountStack(t, options)
  const passkeys = passkeyUser(stack)
  let count = 0
  const address = () => `ada.lovelace.${++count}@gmail.com`
  const newcomer = () => stack.signInAs(address())
  const known = address()
  const { body } = await warmStart(stack, known)
  const proof = await stack.user.pass(body.token, known)
  await stack.finish({ session: body.session, token: proof })
  const credential = await passkeys.create(proof)
  const world = { stack, newcomer }
  return {
    ...world,
    operations: [
      ...signIns(world, { address, known, passkeys, credential }),
      ...tokens(world),
      ...account(world, { address, passkeys }),
      ...stepUps(world),
    ],
  }
}

/** The first start loads the triggers, which on a busy machine takes longer than it may. */
async function warmStart(stack: AccountStack, email: string): Promise<Answer> {
  for (;;) {
    const answer = await stack.start({ email })
    if (answer.status === 200) return answer
  }
}

const BOTH = ['cognito', 'authsignal'] as const
const COGNITO = ['cognito'] as const

type Here = Pick<World, 'stack' | 'newcomer'>

function signIns(
  { stack }: Here,
  who: {
    address: () => string
    known: string
    passkeys: PasskeyUser
    credential: SoftCredential
  },
): Operation[] {
  const { address, known, passkeys, credential } = who
  return [
    post('/start-sign-in', BOTH, async () => () => stack.start({ email: known })),
    post('/finish-sign-in', BOTH, async () => {
      const email = address()
      const { body } = await stack.start({ email })
      const token = await stack.user.pass(body.token, email)
      return () => stack.finish({ session: body.session, token })
    }),
    post('/passkey-sign-in', BOTH, async () => {
      const token = await passkeys.use(credential)
      return () => stack.post('/passkey-sign-in', { token })
    }),
    post('/id-token-sign-in', BOTH, async () => {
      const idToken = await stack.idTokens.idToken('google', { email: address() })
      return () => stack.post('/id-token-sign-in', { idToken })
    }),
  ]
}

function tokens({ stack, newcomer }: Here): Operation[] {
  const withRefreshToken = (path: string) =>
    post(path, COGNITO, async () => {
      const { refreshToken } = await newcomer()
      return () => stack.post(path, { refreshToken })
    })
  return [
    withRefreshToken('/refresh'),
    withRefreshToken('/sign-out'),
    post('/sign-out-everywhere', COGNITO, async () => {
      const who = await newcomer()
      return () => who.call('POST', '/sign-out-everywhere')
    }),
  ]
}

function account(
  { stack, newcomer }: Here,
  { address, passkeys }: { address: () => string; passkeys: PasskeyUser },
): Operation[] {
  const simple = (
    method: Method,
    path: string,
    asks: Operation['asks'],
    body?: object,
  ): Operation => ({
    method,
    path,
    asks,
    async prepare() {
      const who = await newcomer()
      return () => who.call(method, path, body)
    },
  })
  return [
    simple('GET', '/me', COGNITO),
    simple('PATCH', '/me', COGNITO, { name: 'Ada' }),
    { ...simple('DELETE', '/me', BOTH), endsWithDelete: true },
    simple('GET', '/authenticators', BOTH),
    simple('POST', '/authenticators', BOTH, {}),
    post('/authenticators/verify', BOTH, async () => {
      const who = await newcomer()
      const token = await stack.user.enrolAndPass(await begin(who), address())
      return () => who.call('POST', '/authenticators/verify', { token })
    }),
    {
      method: 'DELETE',
      path: '/authenticators/{authenticatorId}',
      asks: BOTH,
      async prepare() {
        const who = await newcomer()
        await passkeys.create(await begin(who))
        const { body } = await who.call('GET', '/authenticators')
        const { authenticatorId } = body.authenticators.find(
          (entry: { verificationMethod: string }) => entry.verificationMethod === 'PASSKEY',
        )
        return () => who.call('DELETE', `/authenticators/${authenticatorId}`)
      },
    },
  ]
}

function stepUps({ stack, newcomer }: Here): Operation[] {
  const action = 'authorizePayment'
  return [
    post('/start-step-up', BOTH, async () => {
      const who = await newcomer()
      return () => who.call('POST', '/start-step-up', { action })
    }),
    post('/finish-step-up', BOTH, async () => {
      const who = await newcomer()
      const { body } = await who.call('POST', '/start-step-up', { action })
      const email = stack.cognito.users.find(who.sub)?.attributes['email'] ?? ''
      const token = await stack.user.pass(body.token, email)
      return () => who.call('POST', '/finish-step-up', { action, token })
    }),
  ]
}

function post(path: string, asks: Operation['asks'], prepare: Prepare): Operation {
  return { method: 'POST', path, asks, prepare }
}
