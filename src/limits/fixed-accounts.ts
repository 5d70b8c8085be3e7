import { hash, randomBytes } from 'node:crypto'

/** Places among which one account may be kept. */
const WAYS = 8
/** Of a digest in hexadecimal: what tells accounts apart, as many bits as a number holds. */
const MARK_DIGITS = 13
const BUCKET_DIGITS = 8
const HEX = 16

/**
 * When each account of one rule is full again: 16 bytes an account, however long its name and however many
 * there are, and nothing that a garbage collector has to look at. Where all places that an account could
 * have are taken, it takes that of the one that is full again first: that one loses least by being
 * forgotten, and whoever brings many new accounts pushes out none that is nearly used up.
 */
export class FixedAccounts {
  readonly #marks: Float64Array
  readonly #fullAt: Float64Array
  readonly #buckets: number
  /** So that nobody can choose names which share a place with somebody else's. */
  readonly #secret = randomBytes(16).toString('hex')

  /** @param limit how many are kept, a multiple of 8 */
  constructor(limit: number) {
    this.#buckets = Math.max(1, Math.floor(limit / WAYS))
    this.#marks = new Float64Array(this.#buckets * WAYS)
    this.#fullAt = new Float64Array(this.#buckets * WAYS)
  }

  /** The account of this name, which takes no place before its time is set. */
  of(name: string): Account {
    const digest = hash('sha256', this.#secret + name)
    const bucket = Number.parseInt(digest.slice(-BUCKET_DIGITS), HEX) % this.#buckets
    const mark = Number.parseInt(digest.slice(0, MARK_DIGITS), HEX)
    return new Account(this.#marks, this.#fullAt, bucket * WAYS, mark)
  }
}

/** One account. */
export class Account {
  readonly #marks: Float64Array
  readonly #times: Float64Array
  readonly #first: number
  readonly #mark: number

  constructor(marks: Float64Array, times: Float64Array, first: number, mark: number) {
    this.#marks = marks
    this.#times = times
    this.#first = first
    this.#mark = mark
  }

  /** 0 when it is full, or was forgotten. */
  get fullAt(): number {
    for (let place = this.#first; place < this.#first + WAYS; place += 1) {
      if (this.#marks[place] === this.#mark) return this.#times[place] ?? 0
    }
    return 0
  }

  set fullAt(time: number) {
    const place = this.#place()
    this.#marks[place] = this.#mark
    this.#times[place] = time
  }

  /** Its own, or that of the account it may replace; one that was never taken is of time 0. */
  #place(): number {
    let least = this.#first
    for (let place = this.#first; place < this.#first + WAYS; place += 1) {
      if (this.#marks[place] === this.#mark) return place
      if ((this.#times[place] ?? 0) < (this.#times[least] ?? 0)) least = place
    }
    return least
  }
}
