import { randomBytes, randomUUID } from 'node:crypto'
import type { Clock } from '../../support/clock.ts'
import { invalidRequest } from '../api-error.ts'
import { BoundedMap } from '../store/bounded-map.ts'

/** A challenge handed out and not yet answered. */
export interface Ceremony {
  challengeId: string
  /** 256 bits in base64url. */
  challenge: string
  purpose: 'registration' | 'authentication'
  /** Of the token it was started with; none when it was started with the tenant id. */
  tokenId?: string
  /** What the page wants to sign in to, when it knows no user yet. */
  actionCode?: string
  names?: { username: string; displayName: string }
  expiresAt: number
}

const CEREMONIES_KEPT = 20_000
/** With autofill the challenge is fetched at page load and waits for the user. */
const LIFETIME_MINUTES = 60

export type Start = Omit<Ceremony, 'challengeId' | 'challenge' | 'expiresAt'>

export class Ceremonies {
  readonly #clock: Clock
  readonly #open = new BoundedMap<string, Ceremony>(CEREMONIES_KEPT)

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param key what it is found by later on; its challenge id when left out */
  begin(start: Start, key?: string): Ceremony {
    const ceremony: Ceremony = {
      ...start,
      challengeId: randomUUID(),
      challenge: randomBytes(32).toString('base64url'),
      expiresAt: this.#clock.now() + LIFETIME_MINUTES * 60_000,
    }
    this.#open.set(key ?? ceremony.challengeId, ceremony)
    return ceremony
  }

  /** Only what was started for the purpose and by the same caller is found. */
  find(key: string, { purpose, tokenId }: Start): Ceremony {
    const ceremony = this.#open.get(key)
    const isTheirs = ceremony?.purpose === purpose && ceremony.tokenId === tokenId
    if (!isTheirs || this.#clock.now() >= ceremony.expiresAt) {
      throw invalidRequest('The challenge is unknown, used or expired.')
    }
    return ceremony
  }

  /** Uses it up, whatever comes of it. */
  take(key: string, start: Start): Ceremony {
    const ceremony = this.find(key, start)
    this.#open.delete(key)
    return ceremony
  }
}
