import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider'
import type { UndiciHttpHandler } from '@smithy/undici-http-handler'
import { signalOf } from './abortable.ts'

type Request = Parameters<UndiciHttpHandler['handle']>[0]
type Where = Pick<Request, 'protocol' | 'hostname' | 'port' | 'path' | 'method' | 'query'>
type Response = Awaited<ReturnType<UndiciHttpHandler['handle']>>['response']

/**
 * What every sign-in and every refresh is made of. These calls are not signed, and their inputs and
 * answers are texts and numbers: JSON, as it goes over the wire (AWS JSON protocol 1.1, smithy.io).
 */
const STRAIGHT = new Set(['InitiateAuth', 'RespondToAuthChallenge', 'GetTokensFromRefreshToken'])
const OK = 200

/**
 * Sends those calls past the SDK's steps, which take half of the CPU time of a call and would do no
 * more than this for them. Where requests go is learnt from the first one that the SDK makes, and what
 * is no success is handed to the SDK, which makes its exception of it.
 */
export function straightCalls(
  client: CognitoIdentityProviderClient,
  handler: UndiciHttpHandler,
): void {
  let where: Where | undefined
  /** Answers that the SDK finds instead of asking once more. */
  const answers = new WeakMap<object, Response>()

  client.middlewareStack.add(
    (next) => async (args) => {
      const response = answers.get(args.input)
      if (response !== undefined) return { response }
      if (isRequest(args.request)) where ??= whereOf(args.request)
      return next(args)
    },
    { step: 'deserialize', priority: 'low', name: 'straightAnswers' },
  )
  client.middlewareStack.add(
    (next, { commandName = '' }) => {
      const operation = commandName.replace(/Command$/, '')
      if (!STRAIGHT.has(operation)) return next
      return async (args) => {
        if (where === undefined) return next(args)
        const response = await send(where, operation, args.input)
        const output = response.statusCode === OK ? parsed(response.body) : undefined
        if (output !== undefined) return { response, output: { $metadata: {}, ...output } }
        answers.set(args.input, response)
        return next(args)
      }
    },
    // Within the guard, which is the first.
    { step: 'initialize', priority: 'low', name: 'straightCalls' },
  )

  async function send(to: Where, operation: string, input: object): Promise<Response> {
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
    }
    // `clone` is for the type: nobody between here and the socket asks for one.
    const request = { ...to, headers, body: JSON.stringify(input), clone: () => request }
    const abortSignal = signalOf(input)
    const { response } = await handler.handle(request, abortSignal ? { abortSignal } : {})
    return response
  }
}

/** Not the request itself: to clone it for each call would copy all that is replaced. */
function whereOf({ protocol, hostname, port, path, method, query }: Request): Where {
  return { protocol, hostname, path, method, query, ...(port === undefined ? {} : { port }) }
}

function isRequest(value: unknown): value is Request {
  return typeof value === 'object' && value !== null && 'hostname' in value && 'headers' in value
}

/** Undefined for what is no object in JSON; the SDK says what is wrong with it. */
function parsed(body: unknown): object | undefined {
  if (!Buffer.isBuffer(body)) return undefined
  try {
    const value: unknown = JSON.parse(body.toString())
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}
