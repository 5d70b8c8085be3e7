import { ServiceError } from '../errors.ts'
import type { Digest } from '../shared-state/digests.ts'
import { ExpiringMap } from '../shared-state/expiring-map.ts'
import { unlessAway } from '../shared-state/unless-away.ts'
import type { Identifier } from '../sign-in/identifier.ts'
import { retryAfter, rule } from './gcra.ts'
import { memoryLimiter } from './memory-limiter.ts'
import { person } from './person.ts'
import { checkPhoneCountry } from './phone-countries.ts'
import {
  RULES,
  type Charge,
  type Rule,
  type RuleName,
  type SharedLimiter,
  type Verdict,
} from './ports.ts'
import type { FinishedShare, Rate } from './rate.ts'

/** Undefined where there is no limit. */
export interface LimitSettings {
  rates: Readonly<Record<Exclude<RuleName, 'prefix'>, Rate | undefined>>
  prefix: FinishedShare | undefined
  /** ISO regions; none means all. */
  phoneCountries: readonly string[]
}

/** What is seen of a request before it is read. */
export interface Arrival {
  /** See `countedAddress`. */
  address: string
  isStart: boolean
}

/** What is seen of it afterwards. */
export interface Visit extends Arrival {
  /** Whom it starts a sign-in of, or what it enrols. */
  identifier?: Identifier | undefined
  /** The sealed session, refresh token or access token it comes with. */
  credential?: string | undefined
}

export interface Limits {
  /** The limits that are about addresses, for the headers. */
  addressRules: readonly Rule[]
  /** Decides by what this process has seen, without waiting for anybody. */
  arrive: (arrival: Arrival) => Verdict
  /**
   * Decides by what all instances have seen.
   * @throws ServiceError `invalid_request` for a phone number of a country that is not served
   */
  admit: (visit: Visit) => Promise<Verdict>
  /** For sign-ins whose address shows when they are under way. @throws ServiceError `too_many_requests` */
  admitPerson: (identifier: Identifier) => Promise<void>
  /** Told of every sign-in that ended in tokens, with the prefix if it was by phone number. */
  finished: (phonePrefix: string | undefined) => void
  /** Of how many phone prefixes starts have been refused in the last minute. */
  prefixBreakers: () => number
}

export interface LimitsOptions {
  settings: LimitSettings
  digest: Digest
  /** Where instances count together; each process counts for itself while that is away. */
  shared?: SharedLimiter | undefined
  /** Told of each limit that refused a request. */
  onLimited?: ((rule: RuleName) => void) | undefined
  now?: () => number
}

const NOTHING: Verdict = { isTaken: true, standings: [] }
const BREAKER_SHOWN_MS = 60_000
const BREAKERS_SHOWN = 10_000

export function limits(options: LimitsOptions): Limits {
  const { settings, shared, onLimited = () => {}, now = Date.now } = options
  const local = memoryLimiter({ now })
  const rules = rulesOf(settings)
  const openBreakers = new ExpiringMap<true>({
    livesForMs: BREAKER_SHOWN_MS,
    limit: BREAKERS_SHOWN,
    now,
  })

  /** None where the rule is off or there is nothing to count by. */
  function charge(name: RuleName, account: string | undefined): Charge[] {
    const ofName = rules[name]
    if (ofName === undefined || account === undefined) return []
    return [{ rule: ofName, key: options.digest('limit', account) }]
  }

  function ofAddress({ address, isStart }: Arrival): Charge[] {
    return [...charge('ip', address), ...charge('start', isStart ? address : undefined)]
  }

  function ofRest({ isStart, identifier, credential }: Visit): Charge[] {
    const phone = identifier?.phone
    return [
      ...charge('identifier', isStart && identifier ? person(identifier) : undefined),
      ...charge('country', phone && countryOf(phone)),
      ...charge('prefix', isStart ? phone?.prefix : undefined),
      ...charge('session', credential),
    ]
  }

  function tell(verdict: Verdict, charges: readonly Charge[]): Verdict {
    if (verdict.isTaken) return verdict
    for (const [index, { rule: refusing, wait }] of verdict.standings.entries()) {
      if (wait === 0) continue
      onLimited(refusing.name)
      if (refusing.name === 'prefix') openBreakers.set(charges[index]?.key ?? '', true)
    }
    return verdict
  }

  /** @param counted what this process has counted already, for when it is on its own */
  async function decide(charges: Charge[], counted: Charge[] = []): Promise<Verdict> {
    if (charges.length + counted.length === 0) return NOTHING
    const all = [...counted, ...charges]
    const verdict = await unlessAway(shared?.take(all))
    return verdict === undefined ? tell(local.take(charges), charges) : tell(verdict, all)
  }

  return {
    addressRules: [rules.ip, rules.start].filter((each) => each !== undefined),
    arrive(arrival) {
      const charges = ofAddress(arrival)
      return tell(local.take(charges), charges)
    },
    async admit(visit) {
      checkPhoneCountry(visit.identifier?.phone, settings.phoneCountries)
      return decide(ofRest(visit), ofAddress(visit))
    },
    async admitPerson(identifier) {
      const verdict = await decide(charge('identifier', person(identifier)))
      if (!verdict.isTaken) throw tooMany(verdict)
    },
    finished(phonePrefix) {
      const { prefix } = settings
      const [account] = charge('prefix', phonePrefix)
      if (prefix === undefined || account === undefined) return
      const amount = Math.round((account.rule.step * 100) / prefix.percent)
      local.giveBack(account, amount)
      // Nobody waits for it, and the connection logs that Redis is away.
      void unlessAway(shared?.giveBack(account, amount))
    },
    prefixBreakers: () => openBreakers.size,
  }
}

export function tooMany(verdict: Verdict): ServiceError {
  return new ServiceError('too_many_requests', { retryAfter: retryAfter(verdict) })
}

/** Regions that share a range are counted as one. */
function countryOf({ countries }: NonNullable<Identifier['phone']>): string {
  return countries.length === 0 ? 'none' : countries.join(' ')
}

function rulesOf({ rates, prefix }: LimitSettings): Partial<Record<RuleName, Rule>> {
  const rules: Partial<Record<RuleName, Rule>> = {}
  for (const name of RULES) {
    const rate = name === 'prefix' ? prefix : rates[name]
    if (rate !== undefined) rules[name] = rule(name, rate)
  }
  return rules
}
