import type { FastifyRequest } from 'fastify'
import type { Clock } from '../support/clock.ts'
import type { FaultInjector } from '../support/faults.ts'
import { localServer, type Call } from '../support/local-server.ts'
import { answerErrorsAsApiErrors, sendError } from './api-error.ts'
import type { Backend } from './backend.ts'
import { clientApi } from './client-api/index.ts'
import { MagicLinks } from './magic-link/links.ts'
import { magicLinkPage } from './magic-link/routes.ts'
import { Messages, type Message } from './messages.ts'
import { prebuiltUi } from './prebuilt-ui/routes.ts'
import { RateLimits } from './rate-limits.ts'
import { Rules } from './rules.ts'
import { serverApi } from './server-api/index.ts'
import { sideDoors } from './side-doors.ts'
import { Users, type UserRecord } from './store/user.ts'
import { jwtTokens } from './tokens.ts'
import { Ceremonies } from './webauthn/ceremonies.ts'
import { webhooks } from './webhooks.ts'

export type { Message } from './messages.ts'
export type { Rule } from './rules.ts'
export type { Action, ActionState } from './store/action.ts'
export type { Authenticator } from './store/authenticator.ts'
export type { UserRecord } from './store/user.ts'

export interface LocalAuthsignalOptions {
  /** 0, the default, picks a free one. */
  port?: number
  host?: string
  secret: string
  tenantId: string
  /** Origin in the `url` that track answers; the listening one by default. */
  publicOrigin?: string
  /** Lifetime of tokens and codes; 10 by default. */
  tokenMinutes?: number
  /** How `/validate` turns down a foreign, expired or broken token; '200' by default. */
  validateRefusal?: '200' | '4xx'
  /** What deleting a user who is not there answers, which the docs leave open; '200' by default. */
  unknownUserDeletion?: '200' | '404'
  /** Receives `email.created` and `sms.created`, signed; its refusal fails the challenge. */
  webhookUrl?: string
  /**
   * Lets any live token of a user enrol for ten minutes after the user has passed any challenge: the
   * worse reading of the documentation. Off by default.
   */
  enrolAfterAnyChallenge?: boolean
  /** Where the build put the pre-built UI page; beside the bundle by default. */
  prebuiltUiDir?: string
  /** Where passkeys and security keys are used. */
  passkeys?: {
    /** `localhost` by default. */
    rpId?: string
    /** Of the pages that may ask for them besides the stand-in's own; the demo page's by default. */
    origins?: readonly string[]
  }
}

/** Where `npm run dev` serves the demo page. */
const DEMO_ORIGIN = 'http://localhost:3080'

export interface LocalAuthsignal {
  origin: string
  /** What both SDKs take as their base URL. */
  apiUrl: string
  calls: Call[]
  faults: FaultInjector
  clock: Clock
  /** Nobody listens until what it answers is called. */
  refuse(): Promise<() => Promise<void>>
  rules: Rules
  /** The records themselves, for a look inside; keyed by user id. */
  users: ReadonlyMap<string, UserRecord>
  /** What would have been sent, newest first; to one address when given. */
  messages(to?: string): Message[]
  close(): Promise<void>
}

/** Starts an in-memory Authsignal on a real port. */
export async function startLocalAuthsignal(
  options: LocalAuthsignalOptions,
): Promise<LocalAuthsignal> {
  const server = localServer(operationOf, {
    // Room for long ids and idempotency keys, which all travel in the path.
    routerOptions: { maxParamLength: 512 },
    frameworkErrors: (error, _request, reply) => void sendError(reply, error),
  })
  const { app, clock, faults, calls } = server
  let origin = ''
  const { secret, tenantId, tokenMinutes = 10, validateRefusal = '200', webhookUrl } = options
  const messages = new Messages()
  const rules = new Rules()
  const users = new Users()
  const backend: Backend = {
    secret,
    tenantId,
    validateRefusal,
    unknownUserDeletion: options.unknownUserDeletion ?? '200',
    publicOrigin: () => options.publicOrigin ?? origin,
    now: () => new Date(clock.now()).toISOString(),
    clock,
    users,
    tokens: jwtTokens({ secret, tenantId, tokenMinutes, clock }),
    rules,
    messages,
    magicLinks: new MagicLinks(),
    relyingParty: {
      rpId: options.passkeys?.rpId ?? 'localhost',
      origins: () => [
        ...(options.passkeys?.origins ?? [DEMO_ORIGIN]),
        origin,
        backend.publicOrigin(),
      ],
    },
    ceremonies: new Ceremonies(clock),
    limits: new RateLimits(clock),
    sendEvent: webhooks({ ...(webhookUrl ? { url: webhookUrl } : {}), secret, tenantId, clock }),
    enrolAfterAnyChallenge: options.enrolAfterAnyChallenge ?? false,
  }

  answerErrorsAsApiErrors(app)
  sideDoors(app, { messages, rules })
  magicLinkPage(app, backend)
  prebuiltUi(app, backend, options.prebuiltUiDir)
  app.register((scope) => serverApi(scope, backend), { prefix: '/v1' })
  app.register((scope) => clientApi(scope, backend), { prefix: '/v1/client' })
  origin = await server.listen(options.port, options.host)

  return {
    origin,
    apiUrl: `${origin}/v1`,
    calls,
    faults,
    clock,
    refuse: () => server.refuse(),
    rules,
    users,
    messages: (to) => messages.list(to),
    close: () => server.close(),
  }
}

/** `POST /validate`, `GET /users/:userId`; a preflight is the browser's affair, not a call. */
function operationOf({ method, routeOptions }: FastifyRequest): string | undefined {
  const url = routeOptions.url ?? ''
  if (!url.startsWith('/v1/') || method === 'OPTIONS') return undefined
  return `${method} ${url.slice('/v1'.length)}`
}
