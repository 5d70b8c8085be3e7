import { ServiceError } from '../errors.ts'
import { ExpiringMap } from '../shared-state/expiring-map.ts'
import { unlessAway } from '../shared-state/unless-away.ts'
import type { Identifier } from '../sign-in/identifier.ts'
import { networkOf } from './counted-address.ts'
import { retryAfter } from './gcra.ts'
import { memoryLimiter } from './memory-limiter.ts'
import { person } from './person.ts'
import { checkPhoneCountry } from './phone-countries.ts'
import type { Charge, Rule, RuleName, SharedLimiter, Verdict } from './ports.ts'
import { rulesOf, type RuleSettings } from './rules.ts'

export interface LimitSettings extends RuleSettings {
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
  /** Whom it starts a sign-in of, or the address it enrols. */
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
  /** How often one user has authenticators added, with whatever token. @throws as `admitPerson` */
  admitEnrolmentBy: (sub: string) => Promise<void>
  /**
   * Told of every sign-in that ended in tokens, with the prefix if it was by phone number, and of
   * every number that was added and proven.
   * @param address see `countedAddress`
   */
  finished: (phonePrefix: string | undefined, address: string | undefined) => void
  /** Of how many phone prefixes starts have been refused in the last minute. */
  prefixBreakers: () => number
}

export interface LimitsOptions {
  settings: LimitSettings
  /** Where instances count together; each process counts for itself while that is away. */
  shared?: SharedLimiter | undefined
  /** Told of each limit that refused a request. */
  onLimited?: ((rule: RuleName) => void) | undefined
  now?: () => number
}

/** Rules of which each address has a share. */
type Shared = 'identifier' | 'country' | 'prefix'

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
    return [{ rule: ofName, key: account }]
  }

  function ofAddress({ address, isStart }: Arrival): Charge[] {
    const network = networkOf(address)
    const isPart = network !== address
    return [
      ...charge('ip', address),
      ...charge('ip_network', isPart ? network : undefined),
      ...charge('start', isStart ? address : undefined),
      ...charge('start_network', isStart && isPart ? network : undefined),
    ]
  }

  /** What all clients share, and this one's share of it. */
  function ofAll(name: Shared, account: string | undefined, address: string | undefined): Charge[] {
    const hasShare = account !== undefined && address !== undefined
    const own = hasShare ? `${networkOf(address)} ${account}` : undefined
    return [...charge(name, account), ...charge(`${name}_share`, own)]
  }

  function ofRest({ address, identifier, credential }: Visit): Charge[] {
    const phone = identifier?.phone
    return [
      ...ofAll('identifier', identifier && person(identifier), address),
      ...ofAll('country', phone && countryOf(phone), address),
      ...ofAll('prefix', phone?.prefix, address),
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
  async function decide(charges: Charge[], counted = (): Charge[] => []): Promise<Verdict> {
    if (shared !== undefined) {
      const all = [...counted(), ...charges]
      const verdict = all.length === 0 ? NOTHING : await unlessAway(shared.take(all))
      if (verdict !== undefined) return tell(verdict, all)
    }
    return charges.length === 0 ? NOTHING : tell(local.take(charges), charges)
  }

  async function admitTo(account: string): Promise<void> {
    const verdict = await decide(charge('identifier', account))
    if (!verdict.isTaken) throw tooMany(verdict)
  }

  return {
    addressRules: [rules.ip, rules.start].filter((each) => each !== undefined),
    arrive(arrival) {
      const charges = ofAddress(arrival)
      return tell(local.take(charges), charges)
    },
    async admit(visit) {
      checkPhoneCountry(visit.identifier?.phone, settings.phoneCountries)
      return decide(ofRest(visit), () => ofAddress(visit))
    },
    admitPerson: (identifier) => admitTo(person(identifier)),
    admitEnrolmentBy: (sub) => admitTo(`user ${sub}`),
    finished(phonePrefix, address) {
      const { prefix } = settings
      if (prefix === undefined) return
      for (const account of ofAll('prefix', phonePrefix, address)) {
        const amount = Math.round((account.rule.step * 100) / prefix.percent)
        local.giveBack(account, amount)
        // Nobody waits for it, and the connection logs that Redis is away.
        void unlessAway(shared?.giveBack(account, amount))
      }
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
