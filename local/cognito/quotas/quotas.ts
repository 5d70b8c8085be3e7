import type { Clock } from '../../support/clock.ts'
import { AwsError } from '../protocol/errors.ts'
import { CATEGORIES, CATEGORY_OF, categoryNames, type Category } from './categories.ts'
import { nameIn, personalLimitOf } from './person.ts'
import { checked, PER_USER, type QuotaSettings } from './settings.ts'
import { TokenBucket } from './token-bucket.ts'

const RESPOND = 'RespondToAuthChallenge'
/** AWS docs: its own quota is three times that of UserAuthentication; what is more counts there. */
const RESPOND_SHARE = 3
const PEOPLE_KEPT = 10_000

/** Calls since the start, or since they were last asked for. */
export type QuotaCounts = Record<Category | typeof RESPOND, { accepted: number; throttled: number }>

/** The request rate quotas of an account, where there are any; counts the calls in either case. */
export class Quotas {
  readonly #clock: Clock
  readonly #perUser: number
  readonly #categories: Map<string, TokenBucket> | undefined
  readonly #people = new Map<string, TokenBucket>()
  readonly #usernameOf: (name: string) => string
  #counts = noCounts()

  /** @param usernameOf whose name it is, so that all names of one user count together */
  constructor(
    settings: QuotaSettings | undefined,
    clock: Clock,
    usernameOf: (name: string) => string,
  ) {
    this.#clock = settings?.clock ?? clock
    this.#perUser = checked('perUser', settings?.perUser ?? PER_USER)
    this.#usernameOf = usernameOf
    this.#categories = settings && this.#bucketsOf(settings)
  }

  /** @throws AwsError TooManyRequestsException; such a call uses up nothing */
  take(operation: string, body: unknown): void {
    const counted = operation === RESPOND ? RESPOND : CATEGORY_OF.get(operation)
    if (counted === undefined) return
    const buckets = this.#bucketsFor(operation, body)
    if (buckets === undefined) {
      this.#counts[counted].throttled += 1
      // amplify-js#3554, boto/boto3#2517; 'Too many requests' is seen as well (amplify-js#13608).
      throw new AwsError('TooManyRequestsException', 'Rate exceeded')
    }
    this.#counts[counted].accepted += 1
    for (const bucket of buckets) bucket.take()
  }

  /** How many calls were accepted and throttled, and begins to count anew. */
  takeCounts(): QuotaCounts {
    const counts = this.#counts
    this.#counts = noCounts()
    return counts
  }

  /** What the call takes from; undefined when one of them is empty. */
  #bucketsFor(operation: string, body: unknown): TokenBucket[] | undefined {
    if (this.#categories === undefined) return []
    const category = this.#categoryFor(operation)
    const person = this.#personFor(operation, body)
    const buckets = [category, person].filter((bucket) => bucket !== undefined)
    return buckets.every((bucket) => bucket.hasToken()) ? buckets : undefined
  }

  #categoryFor(operation: string): TokenBucket | undefined {
    if (operation !== RESPOND) return this.#categories?.get(CATEGORY_OF.get(operation) ?? '')
    const own = this.#categories?.get(RESPOND)
    return own?.hasToken() === true ? own : this.#categories?.get('UserAuthentication')
  }

  #personFor(operation: string, body: unknown): TokenBucket | undefined {
    const limit = personalLimitOf(operation)
    const name = limit && nameIn(body)
    if (name === undefined) return undefined
    const key = `${limit} ${this.#usernameOf(name)}`
    const known = this.#people.get(key)
    if (known !== undefined) return known
    if (this.#people.size >= PEOPLE_KEPT) this.#forgetIdle()
    const bucket = new TokenBucket(this.#perUser, this.#clock)
    this.#people.set(key, bucket)
    return bucket
  }

  #forgetIdle(): void {
    for (const [key, bucket] of this.#people) if (bucket.isFull()) this.#people.delete(key)
  }

  #bucketsOf({ categories = {} }: QuotaSettings): Map<string, TokenBucket> {
    const bucket = (perSecond: number) => new TokenBucket(perSecond, this.#clock)
    const perSecondOf = (name: Category) =>
      checked(name, categories[name] ?? CATEGORIES[name].perSecond)
    return new Map([
      ...categoryNames.map((name) => [name, bucket(perSecondOf(name))] as const),
      [RESPOND, bucket(RESPOND_SHARE * perSecondOf('UserAuthentication'))],
    ])
  }
}

function noCounts(): QuotaCounts {
  const names = [...categoryNames, RESPOND] as const
  const counts = names.map((name) => [name, { accepted: 0, throttled: 0 }] as const)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- fromEntries forgets the keys
  return Object.fromEntries(counts) as QuotaCounts
}
