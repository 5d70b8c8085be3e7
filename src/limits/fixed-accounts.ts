import { hash, randomBytes } from 'node:crypto'

/** Places among which one account may be kept. */
const WAYS = 8
const BYTE = 256
/** Of a digest: what tells accounts apart, as many bytes as a number holds. */
const MARK_BYTES = 6
const BUCKET_BYTES = 4

/**
 * When each account of one rule is full again: 16 bytes an account, however long its name and however many
 * there are, and nothing that a garbage collector has to look at. Where all places that an account could
 * have are taken, it takes that of the one that is full again first: that one loses least by being
 * forgotten, and whoever brings many new accounts pushes out none that is nearly used up.
 */
export class FixedAccounts {
  /** Bucket by bucket the marks of its accounts, then their times: so that one is close to the other. */
  readonly #table: Float64Array
  readonly #buckets: number
  /** So that nobody can choose names which share a place with somebody else's. */
  readonly #secret = randomBytes(16).toString('hex')

  /** @param limit how many are kept, a multiple of 8 */
  constructor(limit: number) {
    this.#buckets = Math.max(1, Math.floor(limit / WAYS))
    this.#table = new Float64Array(this.#buckets * WAYS * 2)
  }

  /** The account of this name, which takes no place before its time is set. */
  of(name: string): Account {
    const digest = hash('sha256', this.#secret + name, 'binary')
    const mark = numberAt(digest, 0, MARK_BYTES)
    const bucket = numberAt(digest, MARK_BYTES, BUCKET_BYTES) % this.#buckets
    return new Account(this.#table, bucket * WAYS * 2, mark)
  }
}

/** @param digest a byte a character */
function numberAt(digest: string, start: number, bytes: number): number {
  let value = 0
  for (let at = start; at < start + bytes; at += 1) value = value * BYTE + digest.charCodeAt(at)
  return value
}

/** One account. */
export class Account {
  readonly #table: Float64Array
  readonly #first: number
  readonly #mark: number

  constructor(table: Float64Array, first: number, mark: number) {
    this.#table = table
    this.#first = first
    this.#mark = mark
  }

  /** 0 when it is full, or was forgotten. */
  get fullAt(): number {
    for (let place = this.#first; place < this.#first + WAYS; place += 1) {
      if (this.#table[place] === this.#mark) return this.#timeAt(place)
    }
    return 0
  }

  set fullAt(time: number) {
    const place = this.#place()
    this.#table[place] = this.#mark
    this.#table[place + WAYS] = time
  }

  /** Its own, or that of the account it may replace; one that was never taken is of time 0. */
  #place(): number {
    let least = this.#first
    for (let place = this.#first; place < this.#first + WAYS; place += 1) {
      if (this.#table[place] === this.#mark) return place
      if (this.#timeAt(place) < this.#timeAt(least)) least = place
    }
    return least
  }

  #timeAt(place: number): number {
    return this.#table[place + WAYS] ?? 0
  }
}
