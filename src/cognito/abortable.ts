import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import type { UndiciHttpHandler } from '@smithy/undici-http-handler'

/**
 * The SDK puts its steps together anew for every call that is made with options, `cacheMiddleware` or
 * not, which shows first in a profile. An abort signal would be such an option, so it goes beside
 * the SDK: on the input of a command, and then on the request that is made of it. Not in a WeakMap:
 * what an old one holds is kept by each collection of young objects, and all the request with it.
 */
const SIGNAL = Symbol('signal')
type Ending = object & { [SIGNAL]?: AbortSignal }

/** The end of the call with this input; undefined for one that was made without. */
export function signalOf(input: object): AbortSignal | undefined {
  const ending: Ending = input
  return ending[SIGNAL]
}

type Send = CognitoIdentityProviderClient['send']
interface Options {
  abortSignal?: AbortSignal
}

/** The same client, whose calls end with their signals at next to no cost. */
export function abortable(client: CognitoIdentityProviderClient): CognitoIdentityProviderClient {
  const send: Send = client.send.bind(client)
  client.middlewareStack.add(
    (next) => (args) => {
      const signal = signalOf(args.input)
      if (signal !== undefined && isObject(args.request)) args.request[SIGNAL] = signal
      return next(args)
    },
    // The last step before the request is sent, when nothing makes a new one of it any more.
    { step: 'deserialize', priority: 'low', name: 'abortable' },
  )
  return Object.assign(client, {
    send(command: Parameters<Send>[0], { abortSignal }: Options = {}) {
      if (abortSignal !== undefined) Object.assign(command.input, { [SIGNAL]: abortSignal })
      return send(command)
    },
  })
}

/** The other half: sends a request until its signal says that it is too late. */
export function heedingSignals(handler: UndiciHttpHandler): UndiciHttpHandler {
  const handle = handler.handle.bind(handler)
  return Object.assign(handler, {
    handle(...[request, options]: Parameters<typeof handle>) {
      const abortSignal = signalOf(request)
      return handle(request, abortSignal === undefined ? options : { ...options, abortSignal })
    },
  })
}

function isObject(value: unknown): value is Ending {
  return typeof value === 'object' && value !== null
}
