/** A clock that tests can move; both stand-ins read time from it only. Milliseconds since the epoch. */
export interface Clock {
  now(): number
  /** Moves time forward by so many milliseconds. */
  advance(ms: number): void
}

/** A clock that stands still unless it is moved. */
export function standingClock(now = 0): Clock {
  let time = now
  return {
    now: () => time,
    advance: (ms) => {
      time += ms
    },
  }
}

export function adjustableClock(): Clock {
  let offset = 0
  return {
    now: () => Date.now() + offset,
    advance: (ms) => {
      offset += ms
    },
  }
}
