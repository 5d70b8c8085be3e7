import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { countedAddress } from '../limits/counted-address.ts'
import { inSeconds } from '../limits/gcra.ts'
import { tooMany, type Arrival, type Limits, type Visit } from '../limits/limits.ts'
import type { Rule, Verdict } from '../limits/ports.ts'
import { parseIdentifier, type Identifier } from '../sign-in/identifier.ts'
import { clientAddress } from './client-address.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Known once it was counted. */
    arrival?: Arrival
  }
}

/** The operations that make a sign-in begin, or an address be written to. */
const START = '/start-sign-in'
const ENROL = '/authenticators'

/**
 * Before a request is read: by its address, and by what this process has seen.
 * @param isCounted of which requests; all when left out
 */
export function limitArrivals(
  app: FastifyInstance,
  limits: Limits,
  isCounted: (request: FastifyRequest) => boolean = () => true,
): void {
  const policy = limits.addressRules.map(policyOf).join(', ')
  app.addHook('onRequest', (request, reply, done) => {
    if (!isCounted(request)) {
      done()
      return
    }
    const verdict = limits.arrive(arrivalOf(request))
    if (policy !== '') void reply.header('ratelimit-policy', policy)
    writeStanding(reply, verdict)
    done(verdict.isTaken ? undefined : tooMany(verdict))
  })
}

/** Once it has proved well formed: by all there is to it, and by what all instances have seen. */
export function limitVisits(app: FastifyInstance, limits: Limits): void {
  app.addHook('preHandler', async (request, reply) => {
    const verdict = await limits.admit(visitOf(request))
    writeStanding(reply, verdict)
    if (!verdict.isTaken) throw tooMany(verdict)
  })
}

/** Source: draft-ietf-httpapi-ratelimit-headers, section 3: quota and window. */
function policyOf({ name, rate }: Rule): string {
  return `"${name}";q=${rate.count};w=${rate.seconds}`
}

/** Section 4: what is left, and until when. Of addresses only: of people it would tell others. */
function writeStanding(reply: FastifyReply, { standings }: Verdict): void {
  let shown = ''
  for (const { rule, left, fullIn } of standings) {
    if (rule.name !== 'ip' && rule.name !== 'start') continue
    shown += `${shown && ', '}"${rule.name}";r=${left};t=${inSeconds(fullIn)}`
  }
  if (shown !== '') void reply.header('ratelimit', shown)
}

function arrivalOf(request: FastifyRequest): Arrival {
  return (request.arrival ??= {
    address: countedAddress(clientAddress(request)),
    isStart: request.routeOptions.url === START,
  })
}

function visitOf(request: FastifyRequest): Visit {
  const { address, isStart } = arrivalOf(request)
  return {
    address,
    isStart,
    identifier: identifierOf(request),
    credential: credentialOf(request),
  }
}

/** @throws ServiceError `invalid_request`, as the use case would */
function identifierOf({ routeOptions: { url }, body }: FastifyRequest): Identifier | undefined {
  if (url !== START && url !== ENROL) return undefined
  const [phoneNumber, email] = [textIn(body, 'phoneNumber'), textIn(body, 'email')]
  // A passkey has none, and of two the use case says that they are one too many.
  if (url === ENROL && (phoneNumber === undefined) === (email === undefined)) return undefined
  const username = url === START ? textIn(body, 'username') : undefined
  return parseIdentifier({
    ...(email === undefined ? {} : { email }),
    ...(phoneNumber === undefined ? {} : { phoneNumber }),
    ...(username === undefined ? {} : { username }),
  })
}

function credentialOf({ body, headers: { authorization } }: FastifyRequest): string | undefined {
  const inBody = textIn(body, 'session') ?? textIn(body, 'refreshToken')
  if (inBody !== undefined || authorization === undefined) return inBody
  // Without the scheme and the signature, which have many spellings that mean the same.
  const [, signed] = /^\w+ +(.+)\.[^.]*$/.exec(authorization) ?? []
  return signed
}

function textIn(body: unknown, name: string): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const value: unknown = Reflect.get(body, name)
  return typeof value === 'string' ? value : undefined
}
