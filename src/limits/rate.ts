/** So many within so many seconds. */
export interface Rate {
  count: number
  seconds: number
}

/** A rate of what may be left unfinished, and the share of it that has to be finished for more. */
export interface FinishedShare extends Rate {
  percent: number
}

const RATE = /^(\d{1,6})\/(\d{1,5})$/
const FINISHED_SHARE = /^(\d{1,6})\/(\d{1,5})\/(\d{1,3})$/
const DAY_IN_SECONDS = 86_400

/**
 * Reads `100/60`; undefined for `off`.
 * @throws Error that says what to write instead
 */
export function parseRate(text: string | undefined): Rate | undefined {
  if (text === 'off') return undefined
  const [, count, seconds] = (RATE.exec(text ?? '') ?? []).map(Number)
  if (!isIn(count, 1, 999_999) || !isIn(seconds, 1, DAY_IN_SECONDS)) {
    throw new Error('must be <count>/<seconds>, such as 100/60 (a day at most), or off')
  }
  return { count, seconds }
}

/**
 * Reads `50/3600/10`; undefined for `off`.
 * @throws Error that says what to write instead
 */
export function parseFinishedShare(text: string | undefined): FinishedShare | undefined {
  if (text === 'off') return undefined
  const [, count, seconds, percent] = (FINISHED_SHARE.exec(text ?? '') ?? []).map(Number)
  if (!isIn(count, 1, 999_999) || !isIn(seconds, 1, DAY_IN_SECONDS) || !isIn(percent, 1, 100)) {
    throw new Error('must be <count>/<seconds>/<percent>, such as 50/3600/10, or off')
  }
  return { count, seconds, percent }
}

function isIn(number: number | undefined, least: number, most: number): number is number {
  return number !== undefined && number >= least && number <= most
}
