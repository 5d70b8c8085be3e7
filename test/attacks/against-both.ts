import { Authsignal } from '@authsignal/node'
import type { Test } from 'tap'
import { directCaller, type DirectCaller } from '../support/direct-caller.ts'
import { startStack, type Stack, type StackOptions } from '../support/stack.ts'
import { adaptiveTriggers, carelessTriggers, oneRoundTriggers } from '../support/vendor-triggers.ts'

export const victim = { email: 'victim@example.com', phoneNumber: '+6421000001' }
export const attacker = { email: 'mallory@example.net', phoneNumber: '+6421000002' }

const secret = 'tenant-secret'

export interface Scene extends Stack {
  direct: DirectCaller
  /** The tenant's server API, for what an application does besides signing in. */
  server: Authsignal
}

type Vendor = 'guide' | 'careless' | 'adaptive'
type Triggers = 'ours' | Vendor

/** A pool without a client secret, so that an attacker may go past the service as well. */
export async function scene(
  t: Test,
  triggers: Triggers,
  options: StackOptions = {},
): Promise<Scene> {
  const vendor = {
    guide: oneRoundTriggers(secret),
    careless: carelessTriggers(secret),
    adaptive: adaptiveTriggers(secret),
  }
  const stack = await startStack(t, {
    ...options,
    secret,
    client: { clientSecret: '', ...options.client },
    ...(triggers === 'ours' ? {} : { triggers: vendor[triggers] }),
  })
  const clientId = stack.serviceEnv['COGNITO_CLIENT_ID']!
  return {
    ...stack,
    direct: directCaller(stack.cognito, clientId),
    server: new Authsignal({ apiSecretKey: secret, apiUrl: stack.authsignal.apiUrl, retries: 0 }),
  }
}

/**
 * Runs one attack against the vendor's published triggers, where it must sign the attacker in, and
 * against ours, where it must not. An attack that fails against both would prove nothing.
 * @param attack answers the tokens it got away with
 */
export function attack(
  t: Test,
  name: string,
  options: { vendor?: Vendor; stack?: StackOptions },
  run: (scene: Scene) => Promise<unknown>,
): void {
  t.test(name, async (t) => {
    const { vendor = 'guide', stack } = options
    t.ok(await run(await scene(t, vendor, stack)), 'works against the published triggers')
    t.notOk(await run(await scene(t, 'ours', stack)), 'fails against ours')
  })
}
